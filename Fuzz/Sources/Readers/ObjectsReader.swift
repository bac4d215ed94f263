import Intercept
import Manifests

/// The objects of a mesh, as `lint` reads them.
enum ObjectsReader: FuzzedReader {
  static let name = "objects"

  static func check(_ input: [UInt8]) {
    var list = ObjectList()
    list.add(input, file: nil, isNamed: input.count.isMultiple(of: 2))
    list.problems.forEach { Oracle.expectMessage($0.error, input) }
    do {
      for finding in try Lint().findings(in: list).findings {
        for text in [finding.what, finding.effect, finding.remedy] { Oracle.expectVisible(text, input) }
      }
    } catch {
      Oracle.expectMessage(error, input)
    }
  }
}
