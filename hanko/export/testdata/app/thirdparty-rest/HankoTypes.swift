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

/// A user of the REST API: the answers to POST /user and POST /users.
struct User: Decodable, Sendable {
    let id: String
    /// Needed to mail a passcode: a new user owns no verified address yet.
    let emailID: String?

    enum CodingKeys: String, CodingKey {
        case id
        case emailID = "email_id"
    }
}

/// A passcode that was mailed.
struct Passcode: Decodable, Sendable {
    let id: String
    /// For how many seconds the code is good.
    let ttl: Int
}

struct PasscodeRequest: Encodable, Sendable {
    let userID: String
    let emailID: String?

    enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case emailID = "email_id"
    }
}
