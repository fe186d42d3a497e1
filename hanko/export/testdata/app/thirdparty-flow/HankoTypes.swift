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

/// What can be changed on the account page.
enum AccountChange: Sendable {
    case addEmail(String)
    case deleteEmail(id: String)
    case setPrimaryEmail(id: String)
    case renamePasskey(id: String, name: String)
    case deletePasskey(id: String)
    case deleteAccount
}

/// A passkey as the tenant lists it.
struct StoredPasskey: Decodable, Sendable {
    let id: String
    let name: String?
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
        /// Seconds until another passcode can be mailed.
        let resendAfter: Int?
        let retryAfter: Int?
        /// Where the browser begins on its way to a third party.
        let redirectURL: String?
        /// In the profile flow: what the tenant keeps of the person.
        let user: Profile?

        enum CodingKeys: String, CodingKey {
            case resendAfter = "resend_after"
            case retryAfter = "retry_after"
            case redirectURL = "redirect_url"
            case user
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

struct Profile: Decodable, Sendable {
    let emails: [Account.Email]?
    let passkeys: [StoredPasskey]?
    let identities: [Identity]?
}

/// An account at a third party that the person is connected with.
struct Identity: Decodable, Sendable {
    let identityID: String
    /// As people are shown it.
    let provider: String

    enum CodingKeys: String, CodingKey {
        case provider
        case identityID = "identity_id"
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
