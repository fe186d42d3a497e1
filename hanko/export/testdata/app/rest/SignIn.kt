package com.example.app.hanko

import android.app.Activity
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put

/** Why a passcode was not accepted. */
sealed class PasscodeException(message: String) : Exception(message) {
    /** It can be entered again. */
    class Wrong : PasscodeException("The code is wrong.")

    /** It is too old, was used, or was entered wrong three times: mail another one. */
    class Gone : PasscodeException("The code is no longer good.")
}

/**
 * The mobile guide's way through the login, over the REST API: a function for each thing that a
 * screen does.
 *
 * A tenant of v3 or newer has no REST API and answers 404 to all of this: it needs the Flow API.
 */
class SignIn(private val client: HankoClient, private val passkeys: Passkeys) {
    /**
     * Step 1 of the guide, the email screen: the address's user, or null if it has none. Then offer
     * to create an account.
     */
    suspend fun findUser(email: String): User? {
        val answer = client.send("POST", "/user", buildJsonObject { put("email", email) })
        return if (answer.status == 404) null else answer.decoded()
    }

    /** Step 2: creates the user. Where somebody was faster, it is the user who is there now. */
    suspend fun createUser(email: String): User {
        val answer = client.send("POST", "/users", buildJsonObject { put("email", email) })
        if (answer.status == 409) findUser(email)?.let { return it }
        return answer.decoded()
    }

    /**
     * Step 3, first half: mails a passcode. Call it again for another one; RateLimited says when.
     */
    suspend fun mailPasscode(user: User): Passcode {
        val body = buildJsonObject {
            put("user_id", user.id)
            user.emailId?.let { put("email_id", it) }
        }
        return client.send("POST", "/passcode/login/initialize", body).decoded()
    }

    /** Step 3, second half: hands in the code. After it the person is signed in. */
    suspend fun finish(passcode: Passcode, code: String) {
        val body = buildJsonObject {
            put("id", passcode.id)
            put("code", code)
        }
        val answer = client.send("POST", "/passcode/login/finalize", body)
        when {
            answer.status == 200 -> client.keepSession(answer)
            answer.status == 401 && answer.refusal?.message != "passcode not found" -> throw PasscodeException.Wrong()
            answer.status in listOf(401, 408, 410) -> throw PasscodeException.Gone()
            else -> throw answer.failure()
        }
    }

    /** Step 4: makes a passkey for the person who is signed in. */
    suspend fun registerPasskey(activity: Activity) {
        val options = client.send("POST", "/webauthn/registration/initialize", signedIn = true).decoded<Options>()
        val passkey = passkeys.create(activity, options.publicKey)
        val answer = client.send("POST", "/webauthn/registration/finalize", passkey, signedIn = true)
        if (answer.status != 200) throw answer.failure()
    }

    /** Step 5: signs in with a passkey. */
    suspend fun withPasskey(activity: Activity, onlyIfAvailable: Boolean = false) {
        val options = client.send("POST", "/webauthn/login/initialize").decoded<Options>()
        val proof = passkeys.get(activity, options.publicKey, onlyIfAvailable)
        val answer = client.send("POST", "/webauthn/login/finalize", proof)
        if (answer.status != 200) throw answer.failure()
        client.keepSession(answer)
    }

    /** WebAuthn's options. Credential Manager takes them as the tenant sends them. */
    @Serializable
    private class Options(val publicKey: JsonObject)

    /** The account page's passkeys. The ids of `change` are theirs and those of Account. */
    suspend fun storedPasskeys(): List<StoredPasskey> =
        client.send("GET", "/webauthn/credentials", signedIn = true).decoded()

    suspend fun change(change: AccountChange) {
        val answer = when (change) {
            is AccountChange.AddEmail ->
                client.send("POST", "/emails", buildJsonObject { put("address", change.address) }, signedIn = true)
            is AccountChange.DeleteEmail ->
                client.send("DELETE", "/emails/${change.id}", signedIn = true)
            is AccountChange.SetPrimaryEmail ->
                client.send("POST", "/emails/${change.id}/set_primary", signedIn = true)
            is AccountChange.RenamePasskey -> {
                val body = buildJsonObject { put("name", change.name) }
                client.send("PATCH", "/webauthn/credentials/${change.id}", body, signedIn = true)
            }
            is AccountChange.DeletePasskey ->
                client.send("DELETE", "/webauthn/credentials/${change.id}", signedIn = true)
            AccountChange.DeleteAccount ->
                client.send("DELETE", "/user", signedIn = true)
        }
        if (answer.status >= 400) throw answer.failure()
    }
}
