import Testing

@testable import KernelRules

/// Programs of iptables-legacy that do not end.
struct LegacyProgramTests {
  @Test func aProgramThatHangsIsKilled() {
    let program = LegacyProgram(name: "sleep")
    #expect(throws: LegacyError.hung("sleep", after: .milliseconds(20))) {
      try program.run(["60"], within: .milliseconds(20))
    }
  }

  @Test func theOutputOfAProgramThatEndsIsRead() throws {
    #expect(try LegacyProgram(name: "cat").run([], input: "text") == "text")
  }
}
