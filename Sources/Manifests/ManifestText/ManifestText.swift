// Readers of manifests, with the tree that they read into: `import ManifestText` gives JSONText as well.

@_exported public import JSONText
