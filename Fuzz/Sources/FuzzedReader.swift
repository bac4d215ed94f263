/// A reader of data from outside. Its dictionary is `dictionaries/NAME.dict`; its seeds are in `seeds/NAME`, and those
/// files of the project that `seeds/NAME.list` names.
protocol FuzzedReader {
  static var name: String { get }

  /// Reads an input and checks the properties that hold for every input. A violation ends the process.
  static func check(_ input: [UInt8])
}

/// The fuzzed readers, in the order in which they run.
enum FuzzedReaders {
  static var all: [any FuzzedReader.Type] {
    [
      OptionsReader.self, ValuesReader.self, SavedRulesReader.self, PastedRulesReader.self, NftReader.self,
      NftJSONReader.self, DocumentsReader.self, ObjectsReader.self, MeshValuesReader.self, PodReader.self,
      EnvoyReader.self, FlowReader.self, AccessLogLinesReader.self, LogFormatReader.self, ResolverReader.self,
      CaptureFileReader.self, ArchiveReader.self, PluginReader.self, NetworkConfigurationReader.self,
      NFTablesReplies.self, RouteReplies.self, SocketReplies.self,
      ConntrackReplies.self,
    ]
  }
}
