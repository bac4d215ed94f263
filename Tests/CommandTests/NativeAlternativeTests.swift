import KernelTestSupport
import Netfilter
import SystemPackage
import Testing

@testable import Installation

/// Advice for a kernel without the modules that the form of iptables needs.
struct NativeAlternativeTests {
  private func refusal(_ failure: NetlinkFailure, modules: [String]) -> ApplyError {
    let error = NetlinkError("add rule", "-A OUTPUT -j CT", failure)
    return .refused(Refusal(BatchError(error), .current, modules: modules))
  }

  private func description(_ error: ApplyError, works: Bool) -> String {
    let alternative = NativeAlternative(works: { works })
    let thrown = #expect(throws: ApplyError.self) {
      try alternative.advising { () throws(ApplyError) -> Void in throw error }
    }
    #expect(thrown?.changedNothing == error.changedNothing)
    return thrown?.description ?? ""
  }

  @Test func missingModulesAreNoTroubleForTheOtherForm() {
    let error = refusal(.refused(.noSuchFileOrDirectory, nil), modules: ["nft_compat", "xt_CT"])
    #expect(
      description(error, works: true).hasSuffix(
        "try: modprobe -a nft_compat xt_CT; --native-nftables works: this kernel has every module that it needs"
      ))
    #expect(description(error, works: false) == error.description)
  }

  @Test func otherErrorsSayNothingOfIt() {
    let errors: [ApplyError] = [
      refusal(.refused(.notPermitted, nil), modules: ["nft_compat"]),
      refusal(.refused(.noSuchFileOrDirectory, nil), modules: []),
      .contended(attempts: 3, within: .seconds(5)),
    ]
    for error in errors { #expect(description(error, works: true) == error.description) }
  }

  @Test(.enabled(if: canUseKernel))
  func theKernelIsAsked() throws {
    try withNamespace {
      let rules = InterceptionRules()
      #expect(NativeAlternative([], insteadOf: rules).works())
      #expect(!NativeAlternative([], insteadOf: InterceptionRules(as: .nftables)).works())
    }
  }
}
