// The real libcni as a runtime: drive CONFLIST NETNS OPERATION...
//
// The pod is shop/web; its annotations are the JSON object in $ANNOTATIONS, the folders of plugins are in $CNI_PATH, and
// the cache is $CNI_CACHE.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/containernetworking/cni/libcni"
)

type driver struct {
	cni     *libcni.CNIConfig
	list    *libcni.NetworkConfigList
	runtime *libcni.RuntimeConf
}

// Operations of newer versions of libcni add themselves.
var operations = map[string]func(context.Context, driver) error{
	"ADD": func(ctx context.Context, d driver) error {
		result, err := d.cni.AddNetworkList(ctx, d.list, d.runtime)
		if err != nil {
			return err
		}
		return result.Print()
	},
	"CHECK": func(ctx context.Context, d driver) error { return d.cni.CheckNetworkList(ctx, d.list, d.runtime) },
	"DEL":   func(ctx context.Context, d driver) error { return d.cni.DelNetworkList(ctx, d.list, d.runtime) },
	// libcni asks every plugin for its versions.
	"VERSION": func(ctx context.Context, d driver) error {
		_, err := d.cni.ValidateNetworkList(ctx, d.list)
		return err
	},
}

func run() error {
	list, err := libcni.ConfListFromFile(os.Args[1])
	if err != nil {
		return err
	}
	annotations := map[string]string{}
	if err := json.Unmarshal([]byte(os.Getenv("ANNOTATIONS")), &annotations); err != nil {
		return err
	}
	d := driver{
		cni:  libcni.NewCNIConfigWithCacheDir(filepath.SplitList(os.Getenv("CNI_PATH")), os.Getenv("CNI_CACHE"), nil),
		list: list,
		runtime: &libcni.RuntimeConf{
			ContainerID: "drive", IfName: "eth0", NetNS: os.Args[2],
			Args:           [][2]string{{"IgnoreUnknown", "1"}, {"K8S_POD_NAMESPACE", "shop"}, {"K8S_POD_NAME", "web"}},
			CapabilityArgs: map[string]interface{}{"io.kubernetes.cri.pod-annotations": annotations},
		},
	}
	for _, name := range os.Args[3:] {
		operation, known := operations[name]
		if !known {
			return fmt.Errorf("%s: this libcni has no such operation", name)
		}
		if err := operation(context.Background(), d); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
