import ArgumentParser
import Intercept

/// For subcommands whose status 1 is an answer: trouble must look like none.
enum ExitStatusPolicy {
  /// Runs a body; what it throws ends the process with `status`, but for mistakes in options, which keep theirs,
  /// and an exit status thrown on purpose.
  static func withStatus(_ status: Int32, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let code as ExitCode {
      throw code
    } catch let invalid as InvalidOptions where invalid.areMistaken {
      throw invalid
    } catch {
      throw CommandError("\(error)", status: ExitCode(status))
    }
  }
}
