import Foundation
import TestSupport

/// A directory that can be the root of a process: some programs, the libraries that the loader needs for them, and
/// nothing else but what is mounted while it is used.
struct BareRoot {
  private let directory: URL

  init(programs: [String]) throws {
    directory = Self.newDirectory
    for name in ["proc", "dev"] { try create(directory.appending(path: name)) }
    try copy(programs + programs.flatMap(Self.libraries))
  }

  /// Creates the file system of the container image, with this program in it.
  init(imageOf program: String) throws {
    directory = Self.newDirectory
    try Program.require(Repository.path("scripts/image-root"), directory.path, program)
  }

  private static var newDirectory: URL {
    FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  }

  /// The regular files of the root, by their paths on it.
  var files: [String] {
    get throws {
      let manager = FileManager.default
      return try manager.subpathsOfDirectory(atPath: directory.path).filter { path in
        let attributes = try manager.attributesOfItem(atPath: directory.appending(path: path).path)
        return attributes[.type] as? FileAttributeType == .typeRegular
      }
    }
  }

  func remove() { try? FileManager.default.removeItem(at: directory) }

  /// The command, run on this root, which it can only read. The mounts are its own and go with it.
  func enter(_ command: [String]) -> [String] {
    let script = """
      mount --bind "$0" "$0"
      mount -t proc proc "$0/proc"
      mount -o remount,ro,bind "$0"
      exec chroot "$0" "$@"
      """
    return ["unshare", "--mount", "sh", "-ec", script, directory.path] + command
  }

  private func create(_ directory: URL) throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  /// By a process of its own: a file that this one has open for writing could not be run while another test starts
  /// a program.
  private func copy(_ files: [String]) throws {
    try Program.require(["cp", "--dereference", "--parents"] + Set(files) + [directory.path])
  }

  /// The paths in what `ldd` prints: `libc.so.6 => /lib/libc.so.6 (0x…)`; none of a static program, for which it fails.
  private static func libraries(of program: String) throws -> [String] {
    let words = try Program.run(["ldd", program]).output.split { $0.isWhitespace }
    return words.filter { $0.hasPrefix("/") }.map(String.init)
  }
}

extension String {
  /// Without white space around it.
  var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
