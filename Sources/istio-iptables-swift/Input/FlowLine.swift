import FoundationEssentials
import Intercept

/// One line of a flow file.
struct FlowLine {
  let described: DescribedFlow
  let expect: Expectation?

  /// - Parameters:
  ///   - listener: where the connection is taken to be delivered if the line does not say it.
  ///   - place: where the line stands, for messages.
  init(_ text: String, listener: String? = nil, at place: String) throws {
    do {
      let line = try FlowFields.read(text)
      var description = line.description
      description.listener = description.listener ?? listener
      described = try description.described()
      expect = try Expectation(line.expect, cluster: line.expectCluster)
    } catch let problem as OptionProblem {
      throw CommandError("\(place): \(problem)")
    } catch {
      throw CommandError("\(place): no JSON object of a connection: \(error.reason)")
    }
  }
}
