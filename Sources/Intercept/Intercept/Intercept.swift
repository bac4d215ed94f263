// The pure half of the project as one module: `import Intercept` gives every layer below.

@_exported public import AccessLog
@_exported public import IptablesText
@_exported public import LogText
@_exported public import MeshOptions
@_exported public import MeshRules
@_exported public import NetworkValues
@_exported public import NftablesModel
@_exported public import NftablesRuleset
@_exported public import PacketTrace
@_exported public import ProxyConfig
@_exported public import RuleAnalysis
@_exported public import RuleModel
@_exported public import TextOutput
