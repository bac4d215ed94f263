import Intercept

/// For commands where exit status 1 is a result: errors must use another status.
package enum ExitStatusPolicy {
  /// Runs a body. Its errors get `status`, except for mistakes in options and for errors with an exit status of their
  /// own.
  package static func withStatus(_ status: Int32, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let code as ExitStatus {
      throw code
    } catch let failure as CommandError
      where ![ExitStatus.failure, PodSource.noRules].contains(failure.status)
    {
      throw failure
    } catch let invalid as InvalidOptions where invalid.areMistaken {
      throw invalid
    } catch {
      throw CommandError("\(error)", status: ExitStatus(status))
    }
  }
}
