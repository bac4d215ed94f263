import InputText
import Intercept
import Netfilter

/// The connections that the kernel traces.
struct KernelRequest {
  let watched: TracedConnection
  let timeout: Duration
  let timeoutText: String
  let count: Int
  /// True if this process makes the connection.
  let connects: Bool
  /// The first bytes and the request, for the proxy.
  let content: FlowContent

  /// Reads the options of `trace --kernel`. Mistakes stay in the reader.
  init?(reading reader: inout OptionReader, _ described: DescribedFlow?) {
    timeoutText = reader.text(.traceTimeout) ?? "60s"
    timeout = reader.duration(.traceTimeout, default: .seconds(60))
    count =
      reader.value(.count, wanted: "give a number from 1 to 1000000") { text in
        Int(text).flatMap { (1...1_000_000).contains($0) ? $0 : nil }
      } ?? 1
    connects = reader.toggle(.connect)
    content = described?.content ?? FlowContent()
    Self.refuseContradictions(&reader, described?.flow.direction, connects, count)
    guard let described else { return nil }
    let isNamed = reader.text(.uid) != nil || connects
    let isGroupNamed = reader.text(.gid) != nil || connects
    var flow = described.flow
    let owner = flow.owner
    if flow.direction == .outbound, !isNamed { (flow.owner, flow.isOwnerUnknown) = (nil, true) }
    watched = TracedConnection(
      flow, user: isNamed ? owner?.user : nil, group: isGroupNamed ? owner?.group : nil)
  }

  private static func refuseContradictions(
    _ reader: inout OptionReader, _ direction: Flow.Direction?, _ connects: Bool, _ count: Int
  ) {
    if reader.isOn(.noOwner) {
      reader.complain(.noOwner, "the kernel cannot trace packets without a socket")
    }
    if reader.text(.state) != nil {
      reader.complain(.state, "with --kernel the connection's first packet is traced; leave it out")
    }
    guard connects else { return }
    if let direction, direction != .outbound {
      reader.complain(.connect, "only outbound connections can be made")
    }
    if count != 1 { reader.complain(.connect, "makes one connection; leave --count out") }
  }

  /// The connection, for messages.
  var words: String {
    let owner = watched.user.map { " of uid \($0)" } ?? ""
    let group = watched.group.map { "\(owner.isEmpty ? " of" : ",") gid \($0)" } ?? ""
    return
      "\(watched.flow.direction.rawValue) \(watched.flow.proto.description.uppercased()) to \(watched.flow.destination)\(owner)\(group)"
  }
}
