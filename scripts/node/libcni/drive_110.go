//go:build cni110

// The operations of CNI 1.1.0, which libcni has from 1.2 on.
package main

import (
	"context"

	"github.com/containernetworking/cni/libcni"
)

func init() {
	operations["STATUS"] = func(ctx context.Context, d driver) error { return d.cni.GetStatusNetworkList(ctx, d.list) }
	operations["GC"] = func(ctx context.Context, d driver) error {
		return d.cni.GCNetworkList(ctx, d.list, &libcni.GCArgs{})
	}
}
