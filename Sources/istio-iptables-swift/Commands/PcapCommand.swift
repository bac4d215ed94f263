import CaptureFile
import Intercept
import RuleCommands
import SystemPackage
import TextOutput

/// Joins the halves of redirected connections in a capture.
struct PcapCommand: Command {
  static let name = Subcommand.pcap
  static var help: CommandHelp {
    CommandHelp(
      abstract: "Join the two halves of redirected connections in a capture, so that Wireshark follows them.",
      usage: "join <in> <out>",
      discussion: """
        On lo, tcpdump sees the app's packets with the proxy's address and port, and the proxy's answers with the \
        original destination. join gives both the same ends, with correct checksums, and comments name the app's side \
        and the proxy's. Other packets stay as they are. Reads pcap and pcapng, writes pcapng.

          istio-iptables-swift pcap join lo.pcap joined.pcapng
          tcpdump -i lo -U -w - | istio-iptables-swift pcap join - - |
            wireshark -k -i -

        Connections to the ports 15001, 15006 and 15053 of a loopback address are joined, and DNS over UDP to 15053. \
        Status 0: done, 1: the capture cannot be read or written.
        """,
      operands: [
        OperandHelp(value: .oneOf("join"), summary: "The action."),
        OperandHelp(value: .file(named: "in"), summary: "A capture, or -."),
        OperandHelp(value: .file(named: "out"), summary: "The file for the result, or -."),
      ])
  }

  private let input: String
  private let output: String

  init(reading reader: inout OptionReader, _ operands: Operands) {
    let words = operands.words
    (input, output) = (words.dropFirst().first ?? "", words.dropFirst(2).first ?? "")
    if words.first != "join" || words.count < 3 {
      reader.complain(
        OptionProblem("give an action and two files: pcap join IN OUT, - for standard input or output"))
    } else if input == output, input != "-" {
      reader.complain(
        OptionProblem("the result cannot replace the capture that is read: give another file for OUT"))
    }
  }

  func run() throws {
    let input = InputFile(input)
    // The result replaces a file only once the input has proved to be a capture.
    var file: OutputFile?
    func write(_ bytes: [UInt8]) throws {
      guard !bytes.isEmpty else { return }
      if file == nil { file = try OutputFile(output) }
      try file?.write(bytes)
    }
    var join = CaptureJoin()
    do {
      try input.forEachChunk { chunk in try write(join.read(chunk)) }
      try write(join.finish())
    } catch let error as CaptureError {
      try write(join.rest())
      throw CommandError("\(input.name): \(error)")
    }
    Console.note(join.summary)
  }
}

/// A capture that is joined while it is read.
private struct CaptureJoin {
  private var reader = CaptureReader()
  private var joiner = StreamJoiner()
  private var isStarted = false

  /// The bytes of the result that a part of the capture completes.
  mutating func read(_ chunk: Span<UInt8>) throws -> [UInt8] {
    var result: [UInt8] = []
    for item in try reader.read(chunk) {
      if !isStarted { result += PcapngWriter.header(application: "istio-iptables-swift \(Version.text)") }
      isStarted = true
      switch item {
      case .interface(let interface): result += PcapngWriter.block(interface)
      case .packet(let packet): joiner.add(packet).forEach { result += PcapngWriter.block($0) }
      }
    }
    return result
  }

  /// The rest of the result.
  mutating func finish() throws -> [UInt8] {
    let result = rest()
    try reader.finish()
    return result
  }

  /// The packets that are held.
  mutating func rest() -> [UInt8] { joiner.finish().flatMap { PcapngWriter.block($0) } }

  /// The work in a sentence.
  var summary: String {
    let counts = joiner.counts
    let joined = "\(counts.joined) \(counts.joined == 1 ? "connection" : "connections") joined"
    let rewritten = "\(counts.rewritten) packets rewritten"
    guard counts.unanswered > 0 else { return "\(joined), \(rewritten)" }
    return """
      \(joined), \(rewritten); no answer shows the original destination of \(counts.unanswered) packets to the proxy
      """
  }
}
