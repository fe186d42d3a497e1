import Foundation

/// The answer to GET /me.
struct Account: Decodable, Sendable {
    struct Email: Decodable, Sendable {
        let id: String
        let address: String
        let isPrimary: Bool
        let isVerified: Bool

        enum CodingKeys: String, CodingKey {
            case id, address
            case isPrimary = "is_primary"
            case isVerified = "is_verified"
        }
    }

    let emails: [Email]?
}

/// What an error of the REST API says.
struct Refusal: Decodable, Sendable {
    let message: String
}

/// A state of the Flow API: what the tenant wants next, and what can be done about it.
struct FlowState: Decodable, Sendable {
    struct Action: Decodable, Sendable {
        let href: String
        let inputs: [String: Input]?
    }

    struct Input: Decodable, Sendable {
        let error: Failure?
    }

    struct Failure: Decodable, Sendable {
        let code: String
    }

    struct Payload: Decodable, Sendable {
        let creationOptions: PublicKey<CreationOptions>?
        let requestOptions: PublicKey<RequestOptions>?
        /// Seconds until another passcode can be mailed.
        let resendAfter: Int?
        let retryAfter: Int?

        enum CodingKeys: String, CodingKey {
            case creationOptions = "creation_options"
            case requestOptions = "request_options"
            case resendAfter = "resend_after"
            case retryAfter = "retry_after"
        }
    }

    let name: String
    let csrfToken: String
    let actions: [String: Action]?
    let payload: Payload?
    let error: Failure?

    enum CodingKeys: String, CodingKey {
        case name, actions, payload, error
        case csrfToken = "csrf_token"
    }

    /// What the tenant says is wrong: a field's error if there is one, as it says more than the
    /// state's.
    var failure: Failure? {
        guard error != nil else { return nil }
        let fields = (actions ?? [:]).values.flatMap { ($0.inputs ?? [:]).values }
        return fields.lazy.compactMap(\.error).first ?? error
    }
}
struct ActionRequest<Inputs: Encodable & Sendable>: Encodable, Sendable {
    let inputs: Inputs
    let csrfToken: String

    enum CodingKeys: String, CodingKey {
        case inputs = "input_data"
        case csrfToken = "csrf_token"
    }
}

/// The envelope around WebAuthn's options.
struct PublicKey<Options: Decodable & Sendable>: Decodable, Sendable {
    let publicKey: Options
}

/// What the tenant wants of a new passkey (WebAuthn Level 3, section 5.4).
struct CreationOptions: Decodable, Sendable {
    struct RelyingParty: Decodable, Sendable {
        let id: String
    }

    struct User: Decodable, Sendable {
        let id: Base64URL
        let name: String
        let displayName: String?
    }

    struct Selection: Decodable, Sendable {
        let userVerification: String?
    }

    let rp: RelyingParty
    let user: User
    let challenge: Base64URL
    let excludeCredentials: [Descriptor]?
    let authenticatorSelection: Selection?
}

/// What the tenant wants of a sign-in (WebAuthn Level 3, section 5.5).
struct RequestOptions: Decodable, Sendable {
    let challenge: Base64URL
    let rpId: String
    let allowCredentials: [Descriptor]?
    let userVerification: String?
}

struct Descriptor: Decodable, Sendable {
    let id: Base64URL
}

/// A new passkey, as WebAuthn's JSON has it.
struct RegistrationResponse: Encodable, Sendable {
    struct Response: Encodable, Sendable {
        let clientDataJSON: Base64URL
        let attestationObject: Base64URL
    }

    let id: Base64URL
    let rawId: Base64URL
    let type = "public-key"
    let response: Response
    let clientExtensionResults: [String: String] = [:]
}

/// A passkey's signature, as WebAuthn's JSON has it.
struct AssertionResponse: Encodable, Sendable {
    struct Response: Encodable, Sendable {
        let clientDataJSON: Base64URL
        let authenticatorData: Base64URL
        let signature: Base64URL
        let userHandle: Base64URL
    }

    let id: Base64URL
    let rawId: Base64URL
    let type = "public-key"
    let response: Response
    let clientExtensionResults: [String: String] = [:]
}

/// Bytes, which WebAuthn's JSON writes as base64url without padding.
struct Base64URL: Codable, Sendable {
    let data: Data

    init(_ data: Data) { self.data = data }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        var text = try container.decode(String.self)
            .replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        text += String(repeating: "=", count: (4 - text.count % 4) % 4)
        guard let data = Data(base64Encoded: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "It is not base64url.")
        }
        self.data = data
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(data.base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: ""))
    }
}
