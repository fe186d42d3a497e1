import Foundation

/// Why a passcode was not accepted.
enum PasscodeError: Error, Equatable {
    /// It can be entered again.
    case wrong
    /// It is too old, was used, or was entered wrong three times: mail another one.
    case gone
}

/// The mobile guide's way through the login, over the REST API: a function for each thing that a
/// screen does.
///
/// A tenant of v3 or newer has no REST API and answers 404 to all of this: it needs the Flow API.
struct SignIn: Sendable {
    let client: HankoClient

    /// Step 1 of the guide, the email screen: the address's user, or nil if it has none. Then offer
    /// to create an account.
    func findUser(email: String) async throws -> User? {
        let answer = try await client.send("POST", "/user", body: ["email": email])
        if answer.status == 404 { return nil }
        return try answer.decoded()
    }

    /// Step 2: creates the user. Where somebody was faster, it is the user who is there now.
    func createUser(email: String) async throws -> User {
        let answer = try await client.send("POST", "/users", body: ["email": email])
        if answer.status == 409, let user = try await findUser(email: email) { return user }
        return try answer.decoded()
    }

    /// Step 3, first half: mails a passcode. Call it again for another one; HankoError.rateLimited
    /// says when.
    func mailPasscode(to user: User) async throws -> Passcode {
        let request = PasscodeRequest(userID: user.id, emailID: user.emailID)
        return try await client.send("POST", "/passcode/login/initialize", body: request).decoded()
    }

    /// Step 3, second half: hands in the code. After it the person is signed in.
    func finish(_ passcode: Passcode, code: String) async throws {
        let answer = try await client.send(
            "POST", "/passcode/login/finalize", body: ["id": passcode.id, "code": code])
        switch answer.status {
        case 200: try await client.keepSession(of: answer)
        case 401 where answer.error != .refused(status: 401, code: "passcode not found"): throw PasscodeError.wrong
        case 401, 408, 410: throw PasscodeError.gone
        default: throw answer.error
        }
    }

    /// The button "Sign in with …". A provider is google, apple, custom_… Whoever is new gets an
    /// account. The token is good once: .refused is 404 for one that was used, 422 for one that is
    /// older than a minute.
    func withThirdParty(_ provider: String, in browser: ThirdParty) async throws {
        let token = try await browser.token(from: client.thirdPartyAddress(of: provider))
        let answer = try await client.send("POST", "/token", body: ["value": token])
        guard answer.status == 200 else { throw answer.error }
        try await client.keepSession(of: answer)
    }
}
