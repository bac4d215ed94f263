// The product: re-exports every layer, so that clients import one module.
@_exported public import KubernetesObjects
@_exported public import ManifestLint
@_exported public import ManifestText
@_exported public import MeshListeners
@_exported public import MeshModel
@_exported public import SidecarInjection
