package com.example.app.hanko

import android.content.Context
import androidx.datastore.core.CorruptionException
import androidx.datastore.core.DataStore
import androidx.datastore.core.DataStoreFactory
import androidx.datastore.core.Serializer
import androidx.datastore.core.handlers.ReplaceFileCorruptionHandler
import androidx.datastore.dataStoreFile
import androidx.datastore.tink.AeadSerializer
import com.google.crypto.tink.Aead
import com.google.crypto.tink.KeyTemplates
import com.google.crypto.tink.RegistryConfiguration
import com.google.crypto.tink.aead.AeadConfig
import com.google.crypto.tink.integration.android.AndroidKeysetManager
import java.io.InputStream
import java.io.OutputStream
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withContext
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException

/**
 * The session token, in a DataStore that is encrypted with a key of the Android Keystore. Make one
 * for the whole app: DataStore allows no second one for a file.
 *
 * The key stays on the device, so a backup of the file is of no use: exclude
 * "datastore/hanko.session" and the shared preferences "hanko.keys" in android:dataExtractionRules
 * and android:fullBackupContent.
 */
class TokenStore(context: Context) {
    private val context = context.applicationContext

    // Made when it is first used, off the main thread: it reads a file and asks the Keystore.
    private val sessions: DataStore<Session> by lazy {
        DataStoreFactory.create(
            serializer = AeadSerializer(aead(), SessionSerializer, "hanko.session".encodeToByteArray()),
            corruptionHandler = ReplaceFileCorruptionHandler { Session() },
            produceFile = { this.context.dataStoreFile("hanko.session") },
        )
    }

    suspend fun load(): String? = withContext(Dispatchers.IO) { sessions.data.first().token }

    suspend fun save(token: String) {
        withContext(Dispatchers.IO) { sessions.updateData { Session(token) } }
    }

    suspend fun delete() {
        withContext(Dispatchers.IO) { sessions.updateData { Session() } }
    }

    private fun aead(): Aead {
        AeadConfig.register()
        return AndroidKeysetManager.Builder()
            .withSharedPref(context, "keyset", "hanko.keys")
            .withKeyTemplate(KeyTemplates.get("AES256_GCM"))
            .withMasterKeyUri("android-keystore://hanko.session")
            .build()
            .keysetHandle
            .getPrimitive(RegistryConfiguration.get(), Aead::class.java)
    }
}

/** No data class: that would print the token. */
@Serializable
private class Session(val token: String? = null)

private object SessionSerializer : Serializer<Session> {
    override val defaultValue = Session()

    override suspend fun readFrom(input: InputStream): Session = try {
        json.decodeFromString(input.readBytes().decodeToString())
    } catch (e: SerializationException) {
        throw CorruptionException("The session cannot be read.", e)
    }

    override suspend fun writeTo(t: Session, output: OutputStream) {
        output.write(json.encodeToString(t).encodeToByteArray())
    }
}
