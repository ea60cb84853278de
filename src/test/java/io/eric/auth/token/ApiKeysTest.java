package io.eric.auth.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.auth.Grants;
import io.eric.auth.Principal;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {

  private final SecureRandom random = new SecureRandom();
  private final Principal ci = Principal.unlimited("ci", Grants.nothing());

  @Test
  void aKeyIsRecognisedByItsHash() {
    String key = ApiKeys.generate(random);
    ApiKeys keys = new ApiKeys(Map.of(ApiKeys.hash(key), ci));
    assertThat(keys.find(key)).isSameAs(ci);
    assertThat(keys.find(ApiKeys.generate(random))).isNull();
    assertThat(keys.find(key.toLowerCase(java.util.Locale.ROOT))).isNull();
    assertThat(keys.find(key + "=")).isNull();
    assertThat(keys.find(ApiKeys.hash(key))).as("who reads the settings has no key").isNull();
  }

  @Test
  void aKeyHas256RandomBits() {
    assertThat(ApiKeys.generate(random)).matches("eric_[A-Za-z0-9_-]{43}");
    assertThat(ApiKeys.generate(random)).isNotEqualTo(ApiKeys.generate(random));
  }

  @Test
  void theHashIsSha256() { // the example of FIPS 180-4
    assertThat(ApiKeys.hash("abc"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "eric_secret",
        "BA7816",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a"
      })
  void aHashThatIsNoneIsRefused(String hash) {
    assertThatThrownBy(() -> new ApiKeys(Map.of(hash, ci)))
        .hasMessage(
            "the hash of a key must have 64 digits out of 0-9 a-f, as `eric key` prints it");
  }
}
