import ArgumentParser
import Intercept

/// For commands where exit status 1 is a result: errors must use another status.
enum ExitStatusPolicy {
  /// Runs a body. Its errors get `status`, except for mistakes in options and for errors with an exit status of their
  /// own.
  static func withStatus(_ status: Int32, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let code as ExitCode {
      throw code
    } catch let failure as CommandError where ![ExitCode.failure, PodSource.noRules].contains(failure.status)
    {
      throw failure
    } catch let invalid as InvalidOptions where invalid.areMistaken {
      throw invalid
    } catch {
      throw CommandError("\(error)", status: ExitCode(status))
    }
  }
}
