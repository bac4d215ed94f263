import Intercept
import Netfilter

/// What the kernel is asked to tell of.
struct KernelRequest {
  let watched: TracedConnection
  let timeout: Duration
  let timeoutText: String
  let count: Int
  /// Whether to make the connection, and not wait for somebody else's.
  let connects: Bool
  /// What it is taken to begin with, for the proxy.
  let greeting: EnvoyGreeting?

  /// - Throws: `InvalidOptions` with every mistake.
  init(_ description: FlowDescription, _ flags: KernelFlags) throws(InvalidOptions) {
    var problems: [OptionProblem] = []
    func complain(_ condition: Bool, _ text: String) {
      if condition { problems.append(OptionProblem(text)) }
    }
    timeoutText = flags.timeout ?? "60s"
    let time = Duration(goText: timeoutText)
    complain(time == nil, "--timeout: '\(timeoutText)': give a time like 5s, 500ms or 1m30s, 24h at most")
    let number = flags.count.map { Int($0) ?? 0 } ?? 1
    complain(!(1...1_000_000).contains(number), "--count: '\(flags.count ?? "")': give a number from 1")
    complain(description.noOwner, "--no-owner: the kernel cannot be asked for packets without a socket")
    complain(description.state != nil, "--state: with --kernel it is a connection's first packet that counts")
    complain(
      flags.connect && description.direction != "outbound",
      "--connect: only outbound connections are made here")
    complain(flags.connect && number != 1, "--connect: makes one connection; leave --count out")
    var described: DescribedFlow?
    do {
      described = try description.described()
    } catch {
      problems.append(error)
    }
    guard problems.isEmpty, let time, let described else { throw InvalidOptions(problems: problems) }
    var flow = described.flow
    greeting = described.greeting
    (timeout, count, connects) = (time, number, flags.connect)
    let owner = flow.owner
    let isNamed = description.uid != nil || flags.connect
    if flow.direction == .outbound, !isNamed { (flow.owner, flow.isOwnerUnknown) = (nil, true) }
    watched = TracedConnection(
      flow, user: isNamed ? owner?.user : nil,
      group: description.gid != nil || flags.connect ? owner?.group : nil)
  }

  /// What is waited for, in words.
  var words: String {
    let owner = watched.user.map { " of uid \($0)" } ?? ""
    let group = watched.group.map { "\(owner.isEmpty ? " of" : ",") gid \($0)" } ?? ""
    return
      "\(watched.flow.direction.rawValue) \(watched.flow.proto.description.uppercased()) to \(watched.flow.destination)\(owner)\(group)"
  }
}
