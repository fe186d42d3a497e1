package com.example.app.hanko

import android.app.Activity
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
class SignIn(private val client: HankoClient, private val thirdParty: ThirdParty) {
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

    /**
     * The button "Sign in with …". A provider is google, apple, custom_… Whoever is new gets an
     * account. The token is good once: Refused is 404 for one that was used, 422 for one that is
     * older than a minute.
     */
    suspend fun withThirdParty(activity: Activity, provider: String) {
        val token = thirdParty.token(activity, client.thirdPartyAddress(provider))
        val answer = client.send("POST", "/token", buildJsonObject { put("value", token) })
        if (answer.status != 200) throw answer.failure()
        client.keepSession(answer)
    }
}
