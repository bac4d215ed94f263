import SystemPackage

extension InterceptionRules {
  /// Runs a body with a connection to nf_tables in the namespace.
  func withConnection<Success>(
    _ body: (inout Connection) throws(ApplyError) -> Success
  ) throws(ApplyError) -> Success {
    let outcome: Result<Success, ApplyError>
    do {
      outcome = try namespace.run {
        do throws(ApplyError) {
          var connection = try open()
          return .success(try body(&connection))
        } catch {
          return .failure(error)
        }
      }
    } catch let error as NamespaceError {
      throw .namespace(error)
    } catch {
      throw .thread(error as? Errno ?? .ioError)
    }
    return try outcome.get()
  }

  private func open() throws(ApplyError) -> Connection {
    do throws(NetlinkError) {
      return try .open()
    } catch {
      throw .refused(Refusal(error, namespace))
    }
  }
}
