import Foundation

extension Scenario {
    /// The section `[diagram]`: the share of pairs that have met, over inverse temperature and time.
    public struct Diagram: Sendable, Equatable {
        /// Inverse temperatures.
        public enum Betas: Sendable, Equatable {
            /// So many, evenly spaced from the first to the last.
            case range(from: Double, to: Double, count: Int)
            /// These, ascending.
            case list([Double])

            /// The temperatures, ascending; those of a range to 12 digits, so that 0.3 is 0.3.
            public var values: [Double] {
                switch self {
                case .list(let values): values
                case .range(let from, let to, let count):
                    (0..<count).map { index in
                        let value = from + (to - from) * (Double(index) / Double(count - 1))
                        return Double(String(format: "%.12g", value)) ?? value
                    }
                }
            }
        }

        /// Output times.
        public enum Times: Sendable, Equatable {
            /// So many, evenly spaced from 0 to the end.
            case count(Int)
            /// These, ascending.
            case list([Double])

            /// The times of a diagram that ends at `end`, ascending.
            public func values(until end: Double) -> [Double] {
                switch self {
                case .list(let values): values
                case .count(let count):
                    (0..<count).map { end * (Double($0) / Double(count - 1)) }
                }
            }
        }

        /// Inverse temperatures.
        public var betas = Betas.range(from: 0.1, to: 9, count: 90)
        /// Independent systems at each temperature.
        public var systems = 2048
        /// Inner product above which a pair has met.
        public var innerProduct = 0.999
        /// Output times.
        public var times = Times.count(121)
    }
}
