import Inspection
import Intercept

/// Packet captures as JSON: the answer of `tcpdump --format json`.
struct PacketCapturesJSON: Encodable {
  let captures: [PacketCaptureJSON]

  /// - Parameter prefix: the words that run a command in the pod's namespace.
  init(_ captures: [PacketCapture], _ prefix: [String]) {
    self.captures = captures.map { PacketCaptureJSON($0, prefix) }
  }
}

/// A capture as JSON.
struct PacketCaptureJSON: Encodable {
  /// `inbound-mtls`, `inbound-plain`, `outbound-plain`, `outbound-mtls` or `dns`.
  let part: String
  let interface: String
  /// For tcpdump: a pcap-filter expression.
  let filter: String
  /// The command, word by word.
  let command: [String]
  /// The place in the network stack where packets are seen.
  let point: String

  init(_ capture: PacketCapture, _ prefix: [String]) {
    part = capture.part.rawValue
    interface = capture.interface.description
    filter = capture.filter.description
    command = prefix + capture.command
    point = capture.point
  }
}
