import Glibc
import TestSupport

/// An app that talks to a server outside, through whatever the rules make of that.
struct Client: Sendable {
  /// The behaviour in a round.
  enum Habit: String, CaseIterable, Sendable {
    /// Opens a connection, uses it and closes it.
    case newConnection
    /// Sends something over the connection that it has had since the start.
    case longLived
  }

  let habit: Habit
  let server: Endpoint

  var name: String { "\(habit) to \(server)" }

  /// Goes on until it is over or something fails. Its sockets are those of user and group 1000.
  func run(_ tally: Tally) {
    do {
      try ThreadOwner.become(1000)
      let first = try open()
      while !tally.isOver {
        switch habit {
        case .longLived: try use(first)
        case .newConnection: try use(try open())
        }
        tally.count(name)
        usleep(2000)
      }
    } catch {
      // At the end the servers go away too, perhaps in the middle of a round.
      if !tally.isOver { tally.fail(name, "\(error)") }
    }
  }

  /// Connects, and looks who answers.
  private func open() throws -> Connection {
    let connection = try Connection.open(to: server)
    let greeting = try connection.receive(1 + Endpoint.greatestSize)
    guard greeting[0] == EchoServer.Name.proxy.rawValue else { throw Surprise.passedTheProxyBy }
    guard greeting.dropFirst().starts(with: server.bytes) else { throw Surprise.wrongDestination(greeting) }
    return connection
  }

  private func use(_ connection: borrowing Connection) throws {
    let word = [UInt8.random(in: 0...255), UInt8.random(in: 0...255)]
    try connection.send(word)
    guard try connection.receive(2) == word else { throw Surprise.wrongEcho }
  }

  private enum Surprise: Error {
    case passedTheProxyBy
    case wrongDestination([UInt8])
    case wrongEcho
  }
}

/// Who owns the sockets that a thread opens.
private enum ThreadOwner {
  private typealias SetID = @convention(c) (UInt32) -> Int32

  /// Takes a user's and a group's place in the file system, for the calling thread alone. (Swift's Glibc lacks the header
  /// of these two functions.)
  static func become(_ id: UInt32) throws {
    for name in ["setfsgid", "setfsuid"] {
      guard let function = dlsym(nil, name) else { throw CommandError.missing(name) }
      let set = unsafeBitCast(function, to: SetID.self)
      _ = set(id)
      // It answers with the value before, and with no error.
      guard set(id) == Int32(id) else { throw CommandError.missing(name) }
    }
  }

  private enum CommandError: Error { case missing(String) }
}
