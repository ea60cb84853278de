package io.eric.http.internal.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.net.SocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientQuotaTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.1, true",
    "10.0.0.1, 10.0.0.2, false",
    "2001:db8:1:2::1, 2001:db8:1:2:ffff::9, true",
    "2001:db8:1:2::1, 2001:db8:1:3::1, false",
    "::1, ::1, true",
  })
  void anAddressIsAClientAndOfIpv6AWholeNetwork(String one, String other, boolean same) {
    Object first = ClientQuota.client(SocketAddress.inetSocketAddress(1, one));
    Object second = ClientQuota.client(SocketAddress.inetSocketAddress(2, other));
    assertThat(first.equals(second)).isEqualTo(same);
  }

  @Test
  void eachClientHasItsOwn() {
    ClientQuota quota = new ClientQuota(2);
    assertThat(quota.take("a")).isTrue();
    assertThat(quota.take("a")).isTrue();
    assertThat(quota.take("a")).isFalse();
    assertThat(quota.take("b")).isTrue();
    quota.release("a");
    assertThat(quota.take("a")).isTrue();
    assertThat(quota.take("a")).isFalse();
  }

  @Test
  void zeroIsNoLimit() {
    ClientQuota quota = new ClientQuota(0);
    for (int i = 0; i < 10; i++) {
      assertThat(quota.take("a")).isTrue();
    }
    quota.release("a");
  }
}
