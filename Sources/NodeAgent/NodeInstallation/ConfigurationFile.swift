/// A valid file of the runtime's network configurations.
struct ConfigurationFile: Sendable {
  let path: String
  let name: String
  let configuration: NetworkConfiguration

  /// The valid files of a folder in the order in which runtimes choose: by name.
  static func all(in folder: String) -> [ConfigurationFile] {
    NodeFiles.names(folder).filter { $0.hasSuffix(".conf") || $0.hasSuffix(".conflist") }.compactMap { name in
      let path = "\(folder)/\(name)"
      guard let configuration = NodeFiles.read(path).flatMap(NetworkConfiguration.init),
        configuration.isList == name.hasSuffix(".conflist")
      else { return nil }
      return ConfigurationFile(path: path, name: name, configuration: configuration)
    }
  }

  /// The name of the file once it is a list: `10-net.conflist` of `10-net.conf`.
  var pathOfList: String { "\(path)list" }

  /// True if this is the file that a user names, as `.conf` or as the `.conflist` that it became.
  func isNamed(_ other: String) -> Bool { name == other || name == "\(other)list" || "\(name)list" == other }
}
