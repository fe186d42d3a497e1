// The tenant lets a browser come back to an address of this app only when
// third_party.allowed_redirect_urls has it: add CALLBACK there, with a scheme of your own. The
// activity that shows the sign-in has in AndroidManifest.xml
//   android:exported="true" android:launchMode="singleTask"
//   <intent-filter>
//     <action android:name="android.intent.action.VIEW" />
//     <category android:name="android.intent.category.DEFAULT" />
//     <category android:name="android.intent.category.BROWSABLE" />
//     <data android:scheme="com.example.app" android:host="callback" />
//   </intent-filter>
// and it calls cameBack(intent) in onNewIntent, and resumed() in onResume.
//
// Any app can claim a scheme. An App Link is safer: an https address in CALLBACK and in the filter,
// with android:autoVerify="true", and https://<domain>/.well-known/assetlinks.json that lists the
// app with delegate_permission/common.handle_all_urls.
package com.example.app.hanko

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.net.Uri
import androidx.browser.customtabs.CustomTabsIntent
import kotlinx.coroutines.CompletableDeferred

/** The app's address, which the browser comes back to. */
const val CALLBACK = "com.example.app://callback"

/** Why nobody came back from a third party with a token. */
sealed class ThirdPartyException(message: String, cause: Throwable? = null) : Exception(message, cause) {
    /** The person closed the browser: stay where they are, and say nothing. */
    class Cancelled : ThirdPartyException("The browser was closed.")

    /**
     * The third party or the tenant says no: access_denied when the person did not agree,
     * user_conflict when the address has an account that is not connected, signup_disabled when the
     * tenant takes nobody new, invalid_request for most of the rest. The description is for a log.
     */
    class Refused(val code: String, val description: String?) :
        ThirdPartyException("The browser came back with the error \"$code\".")

    /** There is no browser on this phone. */
    class NoBrowser(cause: ActivityNotFoundException) : ThirdPartyException("There is no browser.", cause)
}

/**
 * Shows a third party's sign-in in a Custom Tab, and waits for the way back. Make one for the whole
 * app, and call it from the main thread. When Android ends the app meanwhile, nobody waits any more:
 * the person signs in once more.
 */
class ThirdParty {
    private var waiting: CompletableDeferred<Uri>? = null

    /**
     * Opens an address, and returns the one-time token of the address that the browser comes back
     * to. It is good for a minute.
     */
    suspend fun token(activity: Activity, address: String): String {
        waiting?.completeExceptionally(ThirdPartyException.Cancelled()) // one at a time
        val back = CompletableDeferred<Uri>()
        waiting = back
        try {
            CustomTabsIntent.Builder().build().launchUrl(activity, Uri.parse(address))
        } catch (e: ActivityNotFoundException) {
            throw ThirdPartyException.NoBrowser(e)
        }
        val uri = back.await()
        // getQueryParameter decodes: the token's = was sent as %3D.
        return uri.getQueryParameter("hanko_token")?.ifEmpty { null } ?: throw ThirdPartyException.Refused(
            uri.getQueryParameter("error").orEmpty(), uri.getQueryParameter("error_description"),
        )
    }

    /** For onNewIntent, which comes before onResume. */
    fun cameBack(intent: Intent) {
        val uri = intent.data ?: return
        if (uri.toString().startsWith(CALLBACK)) waiting?.complete(uri)
    }

    /** For onResume: whoever is back without an address has closed the browser. */
    fun resumed() {
        waiting?.completeExceptionally(ThirdPartyException.Cancelled())
    }
}
