#ifndef CNETFILTER_SHIM_H
#define CNETFILTER_SHIM_H

// glibc's <netinet/in.h> comes first and the kernel's <linux/in.h> is kept out: both define the same
// types, and Swift's Glibc module has already chosen glibc's.
#include <netinet/in.h>
#define _LINUX_IN_H
#define _LINUX_IN6_H

#include <libmnl/libmnl.h>
#include <libnftnl/batch.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/gen.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#endif
