// The files of this folder belong together. minSdk 28; in the app's build.gradle.kts, newer
// versions are as good:
//
//   plugins { kotlin("plugin.serialization") version "2.3.21" } // the version of your Kotlin
//   implementation("com.squareup.okhttp3:okhttp:5.4.0")
//   implementation("com.squareup.okhttp3:okhttp-coroutines:5.4.0")
//   implementation("org.jetbrains.kotlinx:kotlinx-serialization-json:1.10.0")
//   implementation("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.11.0")
//   implementation("androidx.datastore:datastore:1.3.0")
//   implementation("androidx.datastore:datastore-tink:1.3.0")
//   implementation("com.google.crypto.tink:tink-android:1.22.0")
//   implementation("androidx.browser:browser:1.9.0")
//
// AndroidManifest.xml: <uses-permission android:name="android.permission.INTERNET" />
package com.example.app.hanko

import java.io.IOException
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import okhttp3.Headers
import okhttp3.HttpUrl.Companion.toHttpUrl
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody
import okhttp3.coroutines.executeAsync

/** The tenant of this walk. */
const val TENANT = "https://tenant.example.com"

/**
 * What can go wrong between the app and Hanko. Each is something else that a screen says or does.
 */
sealed class HankoException(message: String, cause: Throwable? = null) : Exception(message, cause) {
    /**
     * There was no answer: no network, a time-out, a wrong address. The same can be tried again.
     */
    class Unreachable(cause: IOException) : HankoException("Hanko cannot be reached.", cause)

    /** The answer is not one of Hanko's: a proxy's page, or another server. */
    class UnexpectedAnswer(val status: Int) : HankoException("Hanko's answer ($status) cannot be read.")

    /** Too many tries. Wait as long as it says; Hanko does not always say. */
    class RateLimited(val retryAfterSeconds: Long?) : HankoException("Hanko was asked too often.")

    /** The session is over: show the sign-in. */
    class SignedOut : HankoException("The session is over.")

    /**
     * Hanko says no. The code is its own word: an error's code of the Flow API, a message over
     * REST.
     */
    class Refused(val status: Int, val code: String) : HankoException("Hanko says no: $status $code")
}

internal val json = Json {
    ignoreUnknownKeys = true // newer tenants say more
    coerceInputValues = true // null for what has a default
    explicitNulls = false
}

/** Speaks to one Hanko tenant. Make one for the whole app. */
class HankoClient(
    private val store: TokenStore,
    private val baseUrl: String = TENANT,
    private val http: OkHttpClient = OkHttpClient.Builder().callTimeout(20, TimeUnit.SECONDS).build(),
) {
    /** Whether there is a session to try. Only the tenant knows whether it is still good. */
    suspend fun hasSession(): Boolean = store.load() != null

    /**
     * Sends a request and returns the answer whatever its status is: a 404 may be what is expected.
     */
    internal suspend fun send(
        method: String,
        path: String,
        body: JsonObject? = null,
        signedIn: Boolean = false,
    ): Answer {
        val content = when {
            body != null -> body.toString().toRequestBody(JSON)
            method == "POST" -> "".toRequestBody() // OkHttp sends no POST without a body
            else -> null
        }
        val request = Request.Builder().url(baseUrl + path).method(method, content).header("Accept", "application/json")
        if (signedIn) {
            val token = store.load() ?: throw HankoException.SignedOut()
            request.header("Authorization", "Bearer $token")
        }
        val answer = try {
            http.newCall(request.build()).executeAsync().use { response ->
                withContext(Dispatchers.IO) { Answer(response.code, response.headers, response.body.string()) }
            }
        } catch (e: IOException) {
            throw HankoException.Unreachable(e)
        }
        if (signedIn && answer.status == 401 && answer.refusal != null) {
            forgetSession()
            throw HankoException.SignedOut()
        }
        return answer
    }

    /** Keeps the session that an answer brought. */
    internal suspend fun keepSession(answer: Answer) {
        store.save(answer.sessionToken ?: throw HankoException.UnexpectedAnswer(answer.status))
    }

    suspend fun forgetSession() = store.delete()

    /**
     * Where the browser begins: at the tenant, which gives it a cookie and sends it on to the third
     * party. Before v2.3 the tenant sends errors to its error_redirect_url: let that be the app's
     * address too, or the person has to close the browser.
     */
    internal fun thirdPartyAddress(provider: String): String = (baseUrl + "/thirdparty/auth").toHttpUrl().newBuilder()
        .addQueryParameter("provider", provider)
        .addQueryParameter("redirect_to", CALLBACK)
        .build()
        .toString()

    /** Who is signed in; null when nobody is, or not any more. Ask when the app starts. */
    suspend fun account(): Account? {
        if (!hasSession()) return null
        return try {
            send("GET", "/me", signedIn = true).decoded()
        } catch (e: HankoException.SignedOut) {
            null
        }
    }

    /**
     * Ends the session at the tenant and forgets it here, even when the tenant cannot be reached.
     */
    suspend fun signOut() {
        try {
            send("POST", "/logout", signedIn = true)
        } catch (e: HankoException.SignedOut) {
            // It was over already.
        } finally {
            withContext(NonCancellable) { forgetSession() }
        }
    }

    private companion object {
        val JSON = "application/json".toMediaType()
    }
}

/**
 * An answer of the tenant. It prints as its status alone: its body and headers may hold a session.
 */
internal class Answer(val status: Int, private val headers: Headers, val body: String) {
    /** The body of a success. Anything else becomes an exception. */
    inline fun <reified T> decoded(): T {
        if (status >= 400) throw failure()
        return parsed<T>() ?: throw HankoException.UnexpectedAnswer(status)
    }

    /** The body, whatever the status is; null if it is something else. */
    inline fun <reified T> parsed(): T? = try {
        json.decodeFromString<T>(body)
    } catch (e: IllegalArgumentException) { // SerializationException, too
        null
    }

    fun failure(): HankoException {
        if (status == 429) return HankoException.RateLimited(headers["Retry-After"]?.toLongOrNull())
        val refusal = refusal ?: return HankoException.UnexpectedAnswer(status)
        return HankoException.Refused(status, refusal.message)
    }

    /** What a refusal of the REST API says. A flow's answer is none: it has the next state. */
    val refusal: Refusal? get() = parsed()

    /**
     * Tenants without session.enable_auth_token_header send the session as a cookie alone, under a
     * name of their own.
     */
    val sessionToken: String?
        get() = headers["X-Auth-Token"]
            ?: headers.values("Set-Cookie")
                .map { it.substringAfter("=").substringBefore(";") }
                .firstOrNull { value -> value.count { it == '.' } == 2 }

    override fun toString() = "Answer(status=$status)"
}
