package com.example.app.hanko

import android.app.Activity
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put

/**
 * A way through the Flow API. The tenant says which state comes next, and the app shows a screen
 * for it: after each call look at [screen]. A call that throws leaves the flow where the tenant has
 * it, so the person can try again. Keep it in a ViewModel, and call it from one coroutine at a
 * time.
 */
class HankoFlow(private val client: HankoClient, private val thirdParty: ThirdParty) {
    enum class Name(val path: String) {
        LOGIN("/login"), REGISTRATION("/registration"), PROFILE("/profile")
    }

    /** The states that this app has screens for, by their names in the API. */
    enum class Screen(internal val state: String) {
        EMAIL("login_init"),
        NEW_ACCOUNT("registration_init"),
        PASSCODE("passcode_confirmation"),
        LOGIN_METHOD("login_method_chooser"),
        PROFILE("profile_init"),
        SIGNED_IN("success"),
        ACCOUNT_DELETED("account_deleted"),
    }

    /** What can be chosen without typing anything. [offers] says which of them the state has. */
    enum class Choice(internal val action: String) {
        SKIP("skip"),
        BACK("back"),
        PASSCODE("continue_to_passcode_confirmation"),
        ANOTHER_PASSCODE("resend_passcode"),
    }

    private var name = Name.LOGIN

    var state: FlowState? = null
        private set

    /**
     * The screen to show; null for a state that this app does not know: offer to skip it, or to
     * update the app.
     */
    val screen: Screen? get() = Screen.entries.find { it.state == state?.name }

    fun offers(choice: Choice): Boolean = offers(choice.action)

    private fun offers(action: String) = state?.actions.orEmpty().containsKey(action)

    /**
     * Opens a flow. A flow is good for a day; start again after Refused with flow_expired_error.
     */
    suspend fun start(name: Name) {
        this.name = name
        state = null
        take(client.send("POST", name.path, buildJsonObject {}, signedIn = name == Name.PROFILE))
        if (state?.name == "preflight") {
            act("register_client_capabilities", buildJsonObject {
                put("webauthn_available", false)
                put("webauthn_conditional_mediation_available", false)
                put("webauthn_platform_authenticator_available", false)
            })
        }
    }

    /**
     * The email screen. A tenant that tells so has no account for an unknown address, and creates
     * one; one that does not tell mails a code that signs nobody in: have "Create an account" on
     * the passcode screen, for [createAccount].
     */
    suspend fun submitEmail(email: String) {
        if (screen != Screen.EMAIL) start(Name.LOGIN)
        val inputs = state?.actions?.get("continue_with_login_identifier")?.inputs.orEmpty()
        val field = if ("identifier" in inputs) "identifier" else "email"
        try {
            act("continue_with_login_identifier", buildJsonObject { put(field, email) })
        } catch (e: HankoException.Refused) {
            if (e.code != "unknown_email_error") throw e
            createAccount(email)
        }
    }

    /**
     * Creates an account. Where the address has one and the tenant says so, this is a login after
     * all.
     */
    suspend fun createAccount(email: String) {
        start(Name.REGISTRATION)
        try {
            act("register_login_identifier", buildJsonObject { put("email", email) })
        } catch (e: HankoException.Refused) {
            if (e.code != "email_already_exists") throw e
            start(Name.LOGIN)
            submitEmail(email)
        }
    }

    /**
     * The passcode screen. Refused has passcode_invalid for a wrong or old code, and
     * passcode_max_attempts_reached after the third: then choose ANOTHER_PASSCODE.
     */
    suspend fun submitPasscode(code: String) = act("verify_passcode", buildJsonObject { put("code", code) })

    suspend fun choose(choice: Choice) = act(choice.action)

    /**
     * The button "Sign in with …", and in a flow that was started as PROFILE "Connect …". The
     * action's input provider lists the providers: google, apple, custom_… Afterwards there may be
     * more to do, a passcode for an address that the third party has not verified: look at [screen].
     */
    suspend fun withThirdParty(activity: Activity, provider: String) {
        val connects = name == Name.PROFILE
        if (!connects && screen != Screen.EMAIL) start(Name.LOGIN)
        val verifier = thirdParty.newVerifier()
        act(if (connects) "connect_thirdparty_oauth_provider" else "thirdparty_oauth", buildJsonObject {
            put("provider", provider)
            put("redirect_to", CALLBACK)
            put("code_verifier", verifier)
        })
        val address = checkNotNull(state?.payload?.redirectUrl) { "The tenant sent no address to open." }
        orBack {
            val token = thirdParty.token(activity, address)
            act("exchange_token", buildJsonObject {
                put("token", token)
                put("code_verifier", verifier)
            })
        }
    }

    /** When something goes wrong outside of the flow, the flow goes back to where that began. */
    private suspend fun <T> orBack(ceremony: suspend () -> T): T = try {
        ceremony()
    } catch (e: Exception) {
        if (offers(Choice.BACK)) withContext(NonCancellable) { choose(Choice.BACK) }
        throw e
    }

    /**
     * The account page, too: takes one of state.payload.user.identities away. After the last one is
     * gone, the person needs another way in. (The action does not list its input.)
     */
    suspend fun disconnectThirdParty(identityId: String) =
        act("disconnect_thirdparty_oauth_provider", buildJsonObject { put("identity_id", identityId) })

    /**
     * The account page, in a flow that was started as PROFILE. What it lists is in
     * state.payload.user.
     */
    suspend fun change(change: AccountChange) = when (change) {
        is AccountChange.AddEmail -> act("email_create", buildJsonObject { put("email", change.address) })
        is AccountChange.DeleteEmail -> act("email_delete", buildJsonObject { put("email_id", change.id) })
        is AccountChange.SetPrimaryEmail -> act("email_set_primary", buildJsonObject { put("email_id", change.id) })
        is AccountChange.RenamePasskey -> act("webauthn_credential_rename", buildJsonObject {
            put("passkey_id", change.id)
            put("passkey_name", change.name)
        })
        is AccountChange.DeletePasskey ->
            act("webauthn_credential_delete", buildJsonObject { put("passkey_id", change.id) })
        AccountChange.DeleteAccount -> act("account_delete")
    }

    /** Takes an action of the state: the state says where it goes. */
    private suspend fun act(action: String, inputs: JsonObject = buildJsonObject {}) {
        val at = state
        val href = at?.actions?.get(action)?.href
        check(href != null && href.startsWith("/")) { "The state ${at?.name} does not offer $action." }
        val body = buildJsonObject {
            put("input_data", inputs)
            put("csrf_token", at.csrfToken)
        }
        take(client.send("POST", href, body, signedIn = name == Name.PROFILE))
    }

    /**
     * Goes on to the answer's state. A refusal has one, too, with a new csrf_token; only the state
     * error leads nowhere.
     */
    private suspend fun take(answer: Answer) {
        val next = answer.parsed<FlowState>() ?: throw answer.failure()
        if (next.name != "error") state = next
        if (screen == Screen.SIGNED_IN && name != Name.PROFILE) client.keepSession(answer)
        val failure = next.failure ?: return
        when (failure.code) {
            "unauthorized" -> {
                client.forgetSession()
                throw HankoException.SignedOut()
            }
            "rate_limit_exceeded" ->
                throw HankoException.RateLimited(next.payload.retryAfter ?: next.payload.resendAfter)
            else -> throw HankoException.Refused(answer.status, failure.code)
        }
    }
}
