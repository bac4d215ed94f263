#ifndef CNETFILTER_SHIM_H
#define CNETFILTER_SHIM_H

// glibc's <netinet/in.h> is included first and the kernel's <linux/in.h> is not: both define the same
// types, and Swift's Glibc module uses glibc's.
#include <netinet/in.h>
#define _LINUX_IN_H
#define _LINUX_IN6_H
#include <net/if.h>
#define _LINUX_IF_H

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/inet_diag.h>
#include <linux/magic.h>
#include <linux/netfilter.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_CONNMARK.h>
#include <linux/netfilter/xt_CT.h>
#include <linux/netfilter/xt_MARK.h>
#include <linux/netfilter/xt_TPROXY.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_comment.h>
#include <linux/netfilter/xt_connmark.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_owner.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/memfd.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <linux/openat2.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <stddef.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

// glibc declares these two only under _GNU_SOURCE, which must not be defined here: it changes the headers
// that Swift's Glibc module has already been built from.
extern int setns(int fd, int nstype);
extern int unshare(int flags);
extern int memfd_create(const char *name, unsigned int flags);

// <linux/sched.h> would bring the kernel's clone_args, which clashes with glibc's <sched.h>.
enum { CNETFILTER_CLONE_NEWNET = 0x40000000 };

// In some headers an enumerator, in others a macro for a renamed one, which Swift does not import.
enum { CNETFILTER_BITWISE_BOOL = NFT_BITWISE_BOOL };

// TCP states. <netinet/tcp.h> would clash with <linux/tcp.h>, which has the same names.
enum { CNETFILTER_TCP_TIME_WAIT = 6, CNETFILTER_TCP_CLOSE = 7, CNETFILTER_TCP_LISTEN = 10 };

// Offsets of tcpi_bytes_received, tcpi_bytes_sent and tcpi_bytes_retrans in struct tcp_info of <linux/tcp.h>.
enum { CNETFILTER_TCP_INFO_RECEIVED = 128, CNETFILTER_TCP_INFO_SENT = 200, CNETFILTER_TCP_INFO_RETRANSMITTED = 208 };

// Offsets of header fields, in bytes. In Swift the offset of a field is an optional.
enum {
  CNETFILTER_IPV4_PROTOCOL = offsetof(struct iphdr, protocol),
  CNETFILTER_IPV4_SOURCE = offsetof(struct iphdr, saddr),
  CNETFILTER_IPV4_DESTINATION = offsetof(struct iphdr, daddr),
  CNETFILTER_IPV6_SOURCE = offsetof(struct ip6_hdr, ip6_src),
  CNETFILTER_IPV6_DESTINATION = offsetof(struct ip6_hdr, ip6_dst),
};

// Socket options and structs of iptables-legacy's tables, the same in both families except for the entries.
enum {
  CNETFILTER_IPT_GET_INFO = IPT_SO_GET_INFO,
  CNETFILTER_IPT_GET_ENTRIES = IPT_SO_GET_ENTRIES,
  CNETFILTER_IPT_NAME = XT_TABLE_MAXNAMELEN,
  CNETFILTER_IPT_INFO = sizeof(struct ipt_getinfo),
  CNETFILTER_IPT_INFO_SIZE = offsetof(struct ipt_getinfo, size),
  CNETFILTER_IPT_ENTRIES = sizeof(struct ipt_get_entries),
  CNETFILTER_IPT_ENTRIES_SIZE = offsetof(struct ipt_get_entries, size),
  CNETFILTER_IPT_INFO_HOOKS = offsetof(struct ipt_getinfo, valid_hooks),
  CNETFILTER_IPT_INFO_ENTRY = offsetof(struct ipt_getinfo, hook_entry),
  CNETFILTER_IPT_INFO_UNDERFLOW = offsetof(struct ipt_getinfo, underflow),
};

// ioctl is variadic and NS_GET_NSTYPE a computed macro: Swift imports neither.
static inline int cnetfilter_namespace_type(int fd) { return ioctl(fd, NS_GET_NSTYPE); }

// glibc has no function for openat2. Symbolic links, absolute ones too, resolve below the root.
static inline int cnetfilter_open_in_root(int root, const char *path, int flags) {
  struct open_how how = {.flags = (unsigned)flags, .resolve = RESOLVE_IN_ROOT};
  return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

#endif
