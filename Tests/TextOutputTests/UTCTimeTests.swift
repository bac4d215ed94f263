import Testing

@testable import TextOutput

struct UTCTimeTests {
  @Test(arguments: [
    (0, 0, "1970-01-01T00:00:00.000000Z"),
    (951_782_399, 999_999_999, "2000-02-28T23:59:59.999999Z"),
    (951_782_400, 1000, "2000-02-29T00:00:00.000001Z"),
    (951_868_800, 0, "2000-03-01T00:00:00.000000Z"),
    (1_767_225_599, 42_000_000, "2025-12-31T23:59:59.042000Z"),
    (4_107_542_400, 0, "2100-03-01T00:00:00.000000Z"),
  ])
  func leapDaysAndEndsOfYears(_ seconds: Int, _ nanoseconds: Int, _ text: String) {
    #expect(UTCTime(seconds: seconds, nanoseconds: nanoseconds).description == text)
  }
}
