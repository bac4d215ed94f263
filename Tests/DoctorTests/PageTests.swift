import Foundation
import KernelTestSupport
import TestSupport
import Testing

/// The pages and pictures of real pods.
@Suite(.enabled(if: canUseKernel))
struct PageTests {
  /// A pod whose texts try to be more than text.
  private func hostilePod() throws -> PodSandbox {
    let pod = try PodSandbox.healthy(except: [15006])
    try pod.command("nft add table inet firewall")
    try pod.command("nft 'add chain inet firewall out { type filter hook output priority 0; }'")
    let comment = "<img src=http://page.invalid/a><script>fetch(1)</script>"
    try pod.inPod {
      _ = try run(
        "nft", "-f", "-",
        input: "add rule inet firewall out tcp dport 5701 counter drop comment \"\(comment)\"\n")
    }
    return pod
  }

  private func page(of pod: PodSandbox) throws -> URL {
    let folder = URL(filePath: "/tmp/page-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "page.html")
    let outcome = try pod.tool("doctor --report \(file.path)")
    #expect(outcome.status == 1 && outcome.output.hasPrefix("ERROR"), "\(outcome)")
    return file
  }

  @Test func thePageIsSelfContained() throws {
    let file = try page(of: hostilePod())
    defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text.components(separatedBy: "<script").count == 2)
    #expect(!text.contains("<img") && text.contains("&lt;img"))
    let references = text.matches(of: /(?:src|href)="([^"]*)"/).map(\.output.1)
    #expect(references.allSatisfy { $0.hasPrefix("#") || $0 == "data:," })
    #expect(try PodSandbox.healthy().tool("doctor --report /nowhere/page.html").status == 2)
  }

  @Test func aBrowserShowsThePathWithoutErrorOrRequest() throws {
    let file = try page(of: hostilePod())
    let folder = file.deletingLastPathComponent()
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = try String(contentsOf: file, encoding: .utf8)
    let step = try #require(text.firstMatch(of: /id="(trace-1-step-\d+)" class="matched"/)?.output.1)
    let log = folder.appending(path: "net.json")
    let outcome = try Program.run(
      [
        "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", "--user-data-dir=\(folder.path)/profile",
        "--virtual-time-budget=1000",
        "--enable-logging=stderr", "--log-net-log=\(log.path)", "--dump-dom",
        "\(file.absoluteString)#\(step)",
      ], separatingErrors: true)
    #expect(outcome.status == 0 && !outcome.errors.contains("CONSOLE"), "\(outcome.errors)")
    #expect(outcome.output.contains("matched current"))
    #expect(outcome.output.contains("line path current"))
    #expect(try !String(contentsOf: log, encoding: .utf8).contains("page.invalid"))
  }

  @Test(arguments: ["doctor", "ports"]) func picturesOfAPod(_ command: String) throws {
    let pod = try hostilePod()
    for (format, start) in [("svg", "<?xml"), ("mermaid", "---"), ("dot", "digraph")] {
      let outcome = try pod.tool("\(command) --format \(format)")
      #expect(outcome.status == 1 && outcome.output.hasPrefix(start), "\(outcome)")
      #expect(outcome.output.contains("15006"))
    }
  }

  @Test func reportsForCI() throws {
    let pod = try PodSandbox()
    #expect(try pod.tool("doctor --format github").output.hasPrefix("::error title=no-rules::"))
    #expect(try pod.tool("doctor --format sarif").output.contains("\"ruleId\" : \"no-rules\""))
  }
}
