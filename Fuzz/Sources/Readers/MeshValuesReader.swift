import Manifests

/// Helm values of Istio's installation.
enum MeshValuesReader: FuzzedReader {
  static let name = "mesh-values"

  static func check(_ input: [UInt8]) {
    do {
      let values = try MeshValues(String(decoding: input, as: UTF8.self))
      values.warnings.forEach { Oracle.expectVisible($0, input) }
    } catch {
      Oracle.expectMessage(error, input)
    }
  }
}
