import Foundation
import MeanField
import Testing

@testable import Scenarios

@Suite struct WeightMatrixTests {
    static func model(_ value: String, directory: String = "") throws -> WeightMatrix {
        try decode(
            "[model]\nbeta = 1\nvalue = \(value)\n[initial]\nkind = \"uniform\"\n",
            directory: directory
        ).model.value
    }

    @Test func numbersListsAndRows() throws {
        #expect(try Self.model("-2") == -2)
        #expect(try Self.model("[1, 0.5]") == .diagonal([1, 0.5]))
        #expect(try Self.model("[[1, 2.5], [-3, 4e0]]") == .matrix([[1, 2.5], [-3, 4]]))
        #expect(
            try Self.model("[[1, 2.5], [-3, 4e0]]").planeMap == PlaneMap(1, 2.5, -3, 4))
    }

    /// The bytes of a .npy file, version 1 unless told otherwise.
    static func numPy(
        _ descr: String, shape: String, fortran: Bool = false, version: UInt8 = 1,
        _ body: [UInt8]
    ) -> Data {
        var header =
            "{'descr': '\(descr)', 'fortran_order': \(fortran ? "True" : "False"), "
            + "'shape': \(shape), }"
        let prefix = version == 1 ? 10 : 12
        while (prefix + header.utf8.count + 1) % 64 != 0 { header += " " }
        header += "\n"
        let length = header.utf8.count
        var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [version, 0]
        bytes += [UInt8(length & 255), UInt8(length >> 8)]
        if version > 1 { bytes += [0, 0] }
        return Data(bytes + Array(header.utf8) + body)
    }

    static func doubles(_ values: [Double], isBig: Bool = false) -> [UInt8] {
        values.flatMap { value -> [UInt8] in
            let bits = isBig ? value.bitPattern.bigEndian : value.bitPattern.littleEndian
            return withUnsafeBytes(of: bits) { Array($0) }
        }
    }

    static func floats(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in
            withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        }
    }

    @Test func filesOfNumPy() throws {
        let directory = try TemporaryDirectory()
        let rows = [[1.0, 2], [3, -0.25]]
        let cases: [Data] = [
            Self.numPy("<f8", shape: "(2, 2)", Self.doubles([1, 2, 3, -0.25])),
            Self.numPy("<f8", shape: "(2, 2)", fortran: true, Self.doubles([1, 3, 2, -0.25])),
            Self.numPy("<f4", shape: "(2, 2)", Self.floats([1, 2, 3, -0.25])),
            Self.numPy(
                ">f8", shape: "(2,2)", version: 2, Self.doubles([1, 2, 3, -0.25], isBig: true)),
        ]
        for data in cases {
            try data.write(to: URL(fileURLWithPath: directory.path + "/v.npy"))
            let weight = try Self.model("\"v.npy\"", directory: directory.path)
            #expect(weight == .file(directory.path + "/v.npy", rows))
            #expect(weight.planeMap == PlaneMap(1, 2, 3, -0.25))
            #expect(weight.tomlValue == (directory.path + "/v.npy").quoted)
        }
    }

    @Test func badFilesAreRefused() throws {
        let directory = try TemporaryDirectory()
        let good = Self.doubles([1, 2, 3, 4])
        let cases: [(Data, String)] = [
            (Data("1,2\n3,4\n".utf8), "does not start as a .npy file"),
            (Self.numPy("<i8", shape: "(2, 2)", good), "type \"<i8\"; use float64"),
            (Self.numPy("<f8", shape: "(4,)", good), "1 dimension"),
            (Self.numPy("<f8", shape: "(2, 3)", good), "32 bytes"),
            (Self.numPy("<f8", shape: "(1, 4)", good), "is a 1 x 4 matrix; it must be 2 x 2"),
            (Self.numPy("<f8", shape: "(2, 2)", Self.doubles([1, 2, .nan, 4])), "not finite"),
            (Self.numPy("<f8", shape: "(2, 2)", good).prefix(40), "cut off"),
        ]
        for (data, words) in cases {
            try data.write(to: URL(fileURLWithPath: directory.path + "/v.npy"))
            Refusal.model("beta = 1\nvalue = 'v.npy'", "3:9", "v.npy", words)
                .check(directory: directory.path)
        }
        Refusal.model("beta = 1\nvalue = 'w.npy'", "3:9", "cannot be read")
            .check(directory: directory.path)
    }

    @Test(arguments: ["-2.0", "[1.0, 0.5]", "[[1.0, 2.5], [-3.0, 4.0]]"])
    func resolvedTextReadsBack(value: String) throws {
        #expect(try Self.model(value).tomlValue == value)
    }

    @Test func multiplesOfTheIdentityAreScalars() throws {
        func attention(_ model: String) throws -> any CircleAttention {
            try decode("[model]\nbeta = 3\n\(model)\n[initial]\nkind = \"uniform\"\n").attention
        }
        let scalar = IsotropicAttention(beta: 3, query: 2, value: -1)
        #expect(
            try attention("query = [2, 2]\nvalue = [[-1, 0], [0, -1]]") as? IsotropicAttention
                == scalar)
        #expect(try attention("query = 2\nvalue = -1") as? IsotropicAttention == scalar)
        // Q = K a rotation: K^T Q = 1 up to rounding.
        let rotation = "[[0.6, -0.8], [0.8, 0.6]]"
        let plain = try attention("query = \(rotation)\nkey = \(rotation)") as? IsotropicAttention
        #expect(abs(plain!.inverseTemperature - 3) < 1e-14 && plain!.value == 1)
        #expect(try attention("value = [1, 0.5]") is MatrixAttention)
    }

    @Test func predictionHasTheSpectrum() throws {
        func collapse(_ value: String) throws -> JSONValue {
            try decode(
                "[model]\nbeta = 3\nvalue = \(value)\n[initial]\nkind = \"uniform\"\n"
            ).prediction.json["collapse"]!
        }
        let line = try collapse("[1, 0.5]")
        #expect(line["eigenvalues"] == [1.0, 0.5])
        #expect(line["dimension"] == 1 && line["spectral_gap"] == 0.5)
        let pair = try collapse("[[0.0, -2.0], [2.0, 0.0]]")
        #expect(
            pair["eigenvalues"]
                == [["real": 0.0, "imaginary": 2.0], ["real": 0.0, "imaginary": -2.0]])
        #expect(pair["dimension"] == 2 && pair["spectral_gap"] == .null)
        #expect(try collapse("2")["eigenvalues"] == [2.0, 2.0])
    }
}
