import Glibc
import SystemPackage

/// A command that did not end with status 0.
struct CommandFailure: Error, CustomStringConvertible {
  var command: [String]
  var status: Int32
  var output: String
  var description: String { "\(command.joined(separator: " ")): status \(status)\n\(output)" }
}

/// Runs a command in the calling thread's network namespace and returns what it printed, errors included.
@discardableResult
func run(_ command: String..., input: String = "") throws -> String {
  try run(command, input: input)
}

/// The same, for a command put together.
@discardableResult
func run(_ command: [String], input: String = "") throws -> String {
  let source = try unnamedFile()
  let output = try unnamedFile()
  defer {
    try? source.close()
    try? output.close()
  }
  try source.writeAll(input.utf8)
  try source.seek(offset: 0, from: .start)
  let status = try wait(for: spawn(command, input: source, output: output))
  let text = try text(of: output)
  guard status == 0 else { throw CommandFailure(command: command, status: status, output: text) }
  return text
}

private func spawn(_ command: [String], input: FileDescriptor, output: FileDescriptor) throws -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_adddup2(&actions, input.rawValue, 0)
  posix_spawn_file_actions_adddup2(&actions, output.rawValue, 1)
  posix_spawn_file_actions_adddup2(&actions, output.rawValue, 2)
  let arguments = command.map { strdup($0) } + [nil]
  defer { arguments.forEach { free($0) } }
  var pid: pid_t = 0
  let result = posix_spawnp(&pid, command[0], &actions, nil, arguments, environ)
  guard result == 0 else { throw Errno(rawValue: result) }
  return pid
}

private func wait(for pid: pid_t) throws -> Int32 {
  var status: Int32 = 0
  while waitpid(pid, &status, 0) == -1 {
    guard errno == EINTR else { throw Errno(rawValue: errno) }
  }
  return status
}

private func unnamedFile() throws -> FileDescriptor {
  var name = Array("/tmp/netfilter-tests-XXXXXX".utf8CString)
  let file = mkstemp(&name)
  guard file >= 0 else { throw Errno(rawValue: errno) }
  unlink(&name)
  return FileDescriptor(rawValue: file)
}

private func text(of file: FileDescriptor) throws -> String {
  let size = Int(try file.seek(offset: 0, from: .end))
  // All arrays without room are one, in which this would write a count: a race, if an idle one, to ThreadSanitizer.
  guard size > 0 else { return "" }
  let bytes = try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
    count = try file.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
  }
  return String(decoding: bytes, as: UTF8.self)
}
