import TestSupport
import Testing

/// `clean --check` of a file: the rules of interception in it, without those of other programs.
struct CleanFileTests {
  private static let foreign = "-A OUTPUT -p udp -m udp --dport 9 -j RETURN\n"

  @Test(arguments: ["", "--native-nftables"])
  func rulesOfInterceptionAreListed(_ form: String) throws {
    let rules = try Tool.run(["print", "--profile", "sidecar"] + (form.isEmpty ? [] : [form])).output
    let folder = try Folder(["rules": rules.replacing("-A OUTPUT", with: Self.foreign + "-A OUTPUT")])
    let run = try Tool.run(["clean", "--check", "\(folder.path)/rules"])
    #expect(run.status == 0 && run.errors.contains("would remove"), "\(run)")
    #expect(run.output.contains(form.isEmpty ? "-A ISTIO_OUTPUT" : "istio-output"))
    #expect(!run.output.contains("dport 9 "), "\(run)")
  }

  @Test func onlyForeignRulesLeaveNothingToRemove() throws {
    let folder = try Folder(["rules": "*nat\n\(Self.foreign)COMMIT\n"])
    let run = try Tool.run(["clean", "--check", "\(folder.path)/rules"])
    #expect(run.status == 0 && run.output.isEmpty && run.errors.contains("nothing to remove"), "\(run)")
  }

  @Test func aFileNeedsCheck() throws {
    let folder = try Folder(["rules": "*nat\nCOMMIT\n", "prose": "hello\n"])
    #expect(try Tool.run(["clean", "\(folder.path)/rules"]).status == 64)
    #expect(try Tool.run(["clean", "--check", "\(folder.path)/prose"]).status == 1)
  }
}
