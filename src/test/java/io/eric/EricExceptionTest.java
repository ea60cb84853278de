package io.eric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class EricExceptionTest {

  private static final List<Function<String, EricException>> ALL =
      List.of(
          InvalidChannelException::unknown,
          InvalidChannelException::exists,
          InvalidListenerException::unknown,
          InvalidListenerException::exists,
          InvalidMessageFormatException::new,
          PayloadTooLargeException::new,
          LogFullException::new,
          NoMessagesException::new,
          UnauthorizedException::new,
          ForbiddenException::new,
          UnavailableException::new,
          message -> new RepositoryException(message, null));

  @Provide
  Arbitrary<Function<String, EricException>> makers() {
    return Arbitraries.of(ALL);
  }

  @Property
  void aTextIsReadAsItWasWritten(
      @ForAll("makers") Function<String, EricException> maker, @ForAll String message) {
    EricException written = maker.apply(message);
    EricException read = EricException.parse(written.code(), written.text());
    assertThat(read).hasSameClassAs(written).hasMessage(written.getMessage());
    assertThat(read.code()).isEqualTo(written.code());
    assertThat(read.text()).isEqualTo(written.text());
  }

  @Property
  void aTextHoldsNoControlCharacters(@ForAll String message) {
    assertThat(new UnavailableException(message).text().chars())
        .noneMatch(c -> Character.isISOControl(c));
  }

  @Example
  void theTextIsWhatTheContractShows() {
    assertThat(InvalidChannelException.unknown("X").text())
        .isEqualTo("InvalidChannelException('No channel with id X')");
    assertThat(InvalidChannelException.exists("X").text())
        .isEqualTo("InvalidChannelException('Channel with id X already exists')");
    assertThat(InvalidListenerException.unknown("X").text())
        .isEqualTo("InvalidListenerException('Invalid listener X')");
    assertThat(new InvalidMessageFormatException("it's\n\u0007\\").text())
        .isEqualTo("InvalidMessageFormat('it\\'s\\n\\x07\\\\')");
  }

  @Example
  void theCodesAreThoseOfTheContract() {
    assertThat(ALL.stream().map(maker -> maker.apply("x").code()))
        .containsExactly(404, 409, 404, 409, 400, 413, 429, 404, 401, 403, 503, 500);
  }

  @Example
  void anotherTextIsNoErrorOfOurs() {
    for (String text :
        List.of("", "ack", "X('", "X('y')", "('y')", "Unavailable(y)", "Forbidden")) {
      assertThat(EricException.parse(500, text)).as(text).isNull();
    }
  }

  @Example
  void noTextMakesParsingFail() {
    for (String text : List.of("Forbidden(')", "Forbidden('\\x')", "Forbidden('\\xzz')")) {
      assertThatCode(() -> EricException.parse(403, text)).as(text).doesNotThrowAnyException();
    }
  }

  @Example
  void onlyAnErrorWithACauseHasAStackTrace() {
    assertThat(new UnavailableException("x").getStackTrace()).isEmpty();
    assertThat(new RepositoryException("x", null).getStackTrace()).isEmpty();
    assertThat(new RepositoryException("x", new Exception()).getStackTrace()).isNotEmpty();
  }
}
