import Glibc
import SystemPackage

@testable import NodeInstallation

/// A node in a temporary folder, removed at the end.
final class SampleNode {
  let folder: String
  private(set) var settings = NodeSettings()

  init() throws {
    var template = Array("/tmp/node-XXXXXX".utf8CString)
    folder = template.withUnsafeMutableBufferPointer { name in
      guard let start = name.baseAddress, let made = mkdtemp(start) else { return "/dev/null" }
      return String(cString: made)
    }
    for name in ["bin", "net.d", "results"] { mkdir("\(folder)/\(name)", 0o755) }
    settings.binaryFolder = "\(folder)/bin"
    settings.configurationFolder = "\(folder)/net.d"
    settings.cacheFolder = "\(folder)/results"
    try write("program", "program 1")
  }

  deinit {
    for name in ["bin", "net.d", "results", ""] {
      for file in NodeFiles.names("\(folder)/\(name)") where file != "." && file != ".." {
        unlink("\(folder)/\(name)/\(file)")
      }
      rmdir("\(folder)/\(name)")
    }
  }

  var program: String { "\(folder)/program" }

  func change(_ body: (inout NodeSettings) -> Void) { body(&settings) }

  func write(_ name: String, _ text: String, mode: FilePermissions = [.ownerReadWrite, .groupRead]) throws {
    let file = try FileDescriptor.open(
      FilePath("\(folder)/\(name)"), .writeOnly, options: [.create, .truncate], permissions: mode)
    _ = try file.closeAfter { try file.writeAll(text.utf8) }
  }

  func read(_ name: String) -> String? {
    NodeFiles.read("\(folder)/\(name)").map { String(decoding: $0, as: UTF8.self) }
  }

  func mode(_ name: String) -> UInt32 {
    var status = stat()
    stat("\(folder)/\(name)", &status)
    return status.st_mode & 0o7777
  }

  func install() throws -> NodeInstallation.Report { try NodeInstallation(settings).install(from: program) }
  func uninstall() throws -> NodeInstallation.Report { try NodeInstallation(settings).uninstall() }
  var status: NodeStatus { NodeInstallation(settings).status() }
}

/// A list as a network plugin writes it, with numbers and blanks that a rewrite would change.
let list = """
  {
    "cniVersion": "0.4.0",
    "name": "dbnet",
    "plugins": [
      { "type": "bridge", "mtu": 1500.0, "big": 12345678901234567890 },
      {
        "type": "tuning"
      }
    ]
  }

  """
