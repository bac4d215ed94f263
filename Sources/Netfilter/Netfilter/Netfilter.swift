// The product: every layer of the kernel side under one name.

@_exported public import Conntrack
@_exported public import KernelRules
@_exported public import KernelTrace
@_exported public import NFTables
@_exported public import Namespaces
@_exported public import Netlink
@_exported public import Probes
@_exported public import RouteNetlink
@_exported public import RuleEncoding
@_exported public import Sockets
