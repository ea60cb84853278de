package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.TcpIpConfig;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JoinAddressesTest {

  private final TcpIpConfig search = new TcpIpConfig().addMember("127.0.0.1");
  private final JoinAddresses addresses = new JoinAddresses(search);

  @Test
  void whoIsCutOffLooksWhereTheOthersWereAndLaterEverywhere() {
    addresses.update(members(1, 2, 3), 0);
    assertThat(search.getMembers()).containsExactlyInAnyOrder(at(1), at(2), at(3));

    addresses.update(members(1), 1_000);
    assertThat(search.getMembers()).containsExactlyInAnyOrder(at(1), at(2), at(3));

    addresses.update(members(1), 62_000);
    assertThat(search.getMembers()).containsExactlyInAnyOrder(at(1), at(2), at(3), "127.0.0.1");

    addresses.update(members(1, 2), 63_000);
    assertThat(search.getMembers()).contains(at(1), at(2)).doesNotContain("127.0.0.1");
  }

  @Test
  void anAddressThatSomebodyElseHasTakenOverIsForgotten() {
    addresses.update(members(1, 2), 0);
    addresses.update(members(1), 10);
    addresses.update(members(1, 4), 20);
    addresses.update(members(1, 4, 5), 30);

    assertThat(search.getMembers()).containsExactlyInAnyOrder(at(1), at(4), at(5));
  }

  private static String at(int number) {
    return "127.0.0.1:" + (5700 + number);
  }

  private static Set<String> members(int... numbers) {
    return IntStream.of(numbers).mapToObj(JoinAddressesTest::at).collect(Collectors.toSet());
  }
}
