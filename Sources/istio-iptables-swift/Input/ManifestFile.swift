import Manifests

/// A file with manifests or with a mesh's values.
enum ManifestFile {
  /// Reads a file, or standard input for `-`.
  ///
  /// - Throws: `CommandError` with the file's name and the reason.
  static func read<Value>(
    _ file: String, _ parse: (String) throws(ManifestError) -> Value
  ) throws(CommandError) -> Value {
    try InputFile(file).parse(parse)
  }
}
