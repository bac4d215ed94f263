/// A text that a command reads: a whole file, or a file of an archive.
package struct InputPart {
  /// The name in messages: `pods.yaml`, or `bug-report.tar.gz:cluster/crs` for a file of an archive.
  package let name: String
  package let bytes: [UInt8]

  package init(name: String, bytes: [UInt8]) {
    (self.name, self.bytes) = (name, bytes)
  }
}
