public import LogText
public import NetworkValues

/// The values of one line of an access log.
public struct AccessLogEntry: Hashable, Sendable {
  /// Bytes that `places` refers to.
  var bytes: [UInt8] = []
  var places = AccessLogPlaces(repeating: 0..<0, count: AccessLogField.allCases.count)
  /// The place of the text before the line that the proxy wrote.
  var prefix = 0..<0
  /// The format that the line has.
  public internal(set) var format = ""
  /// The number of the line in the log, from 1.
  public internal(set) var number = 0

  /// An entry without values, to read lines into.
  public static let empty = AccessLogEntry()

  private init() {}

  /// A value as it is in the log; nil if it is absent, empty or `-`.
  public subscript(field: AccessLogField) -> String? {
    let value = raw(field)
    if value.isEmpty || value.count == 1 && value.first == .hyphen { return nil }
    return String(decoding: value, as: UTF8.self)
  }

  /// True if the line's format has the field, so that an absent value means something.
  public func isLogged(_ field: AccessLogField) -> Bool { places[field.rawValue] != 0..<0 }

  /// The bytes of a value; empty if it is absent.
  func raw(_ field: AccessLogField) -> ArraySlice<UInt8> { bytes[places[field.rawValue]] }

  /// Sets the text before the line that the proxy wrote.
  mutating func setPrefix(_ text: [UInt8]) {
    prefix = bytes.count..<(bytes.count + text.count)
    bytes += text
  }

  /// The writer of the line.
  public var source: LogSource {
    let source = LogSource(prefix: String(decoding: bytes[prefix], as: UTF8.self).withoutColours)
    return source.pod == nil ? LogSource(pod: self[.pod]) : source
  }

  /// The address and port in a value; nil for other values, such as internal listeners and UNIX sockets.
  public func endpoint(_ field: AccessLogField) -> Endpoint? {
    guard let text = self[field] else { return nil }
    let scheme = "tcp://"
    return Endpoint(text.hasPrefix(scheme) ? String(text.dropFirst(scheme.count)) : text)
  }

  /// A number, such as bytes or milliseconds.
  public func number(_ field: AccessLogField) -> Int? { Int(decimal: raw(field).span) }

  /// The response flags in the order of the log, by their short or long names.
  public var flags: [String] {
    (self[.responseFlags] ?? "").split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
  }

  /// True if the line shows whether it is about an HTTP request or a TCP connection.
  public var isProtocolKnown: Bool {
    [.method, .protocolName, .responseCode].contains(where: isLogged)
  }

  /// True for a line about an HTTP request; false for one about a TCP connection, whose response code is 0.
  public var isHTTP: Bool {
    self[.method] != nil || self[.protocolName]?.hasPrefix("HTTP") == true
      || (number(.responseCode) ?? 0) != 0
  }
}
