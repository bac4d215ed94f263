import FoundationEssentials
import Intercept

/// One line of a flow file.
struct FlowLine {
  let described: DescribedFlow
  let expect: Expectation?

  /// - Parameters:
  ///   - listener: the port where a line starts that names none.
  ///   - place: the file and the line number, for messages.
  init(_ text: String, listener: String? = nil, at place: String) throws {
    do {
      let line = try FlowFields.read(text)
      let (options, direction) = line.options(listener: listener)
      var reader = OptionReader(options)
      let described = DescribedFlow(reading: &reader, direction: direction)
      try reader.finish()
      guard let described else { throw OptionProblem("the connection is incomplete") }
      self.described = described
      expect = try Expectation(line.expect, cluster: line.expectCluster)
    } catch let invalid as InvalidOptions {
      throw CommandError("\(place): \(invalid.problems.map(\.description).joined(separator: "; "))")
    } catch let problem as OptionProblem {
      throw CommandError("\(place): \(problem)")
    } catch {
      throw CommandError("\(place): no JSON object of a connection: \(error.reason)")
    }
  }
}
