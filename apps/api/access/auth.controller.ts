import { Body, Controller, HttpCode, Ip, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { login, openOrder } from '#libs/access/sessions';
import { loginBody, orderAccessBody, type LoginBody, type OrderAccessBody } from '#libs/contracts/access-requests';
import { Database } from '#libs/persistence/database';
import { sha256 } from '#libs/persistence/canonical';
import { ApiError } from '../http/api-error';
import { Public } from '../http/decorators';
import { Answers } from '../http/openapi-decorators';
import { Settings } from '../settings';
import { tooMany } from './access.guard';
import { loginAnswer, orderAccessAnswer } from './answers';
import { RateLimiter } from './rate-limiter';

/** The two ways in. Failures are counted per account and per address; a success gives its slot back. */
@ApiTags('access')
@Controller('v1/auth')
@Public()
export class AuthController {
  private readonly byAccount: RateLimiter;
  private readonly byAddress: RateLimiter;

  constructor(
    private readonly database: Database,
    { values }: Settings,
  ) {
    this.byAccount = new RateLimiter(values.LOGIN_LIMIT_PER_ACCOUNT);
    this.byAddress = new RateLimiter(values.LOGIN_LIMIT_PER_ADDRESS);
  }

  @Post('login')
  @HttpCode(200)
  @ApiOperation({ summary: 'A token for an account, good for 12 hours' })
  @Answers(200, loginAnswer)
  login(@Body({ schema: loginBody }) { email, password }: LoginBody, @Ip() address: string) {
    return this.limited(`login ${email.toLowerCase()}`, address, () => login(this.database, email, password), 'The address or the password is wrong');
  }

  @Post('order-access')
  @HttpCode(200)
  @ApiOperation({ summary: 'A customer token for one order, good for 12 hours' })
  @Answers(200, orderAccessAnswer)
  async orderAccess(@Body({ schema: orderAccessBody }) { orderNumber, email }: OrderAccessBody, @Ip() address: string) {
    const granted = await this.limited(
      `order ${orderNumber}`,
      address,
      () => openOrder(this.database, orderNumber, email),
      'The order number or the address is wrong',
    );
    return { ...granted, orderNumber };
  }

  private async limited<T>(account: string, address: string, attempt: () => Promise<T | null>, refusal: string): Promise<T> {
    const key = sha256(account);
    const wait = this.byAddress.take(address) ?? this.byAccount.take(key);
    if (wait !== null) throw tooMany(wait);
    const granted = await attempt();
    if (granted === null) throw new ApiError('unauthenticated', refusal, { headers: { 'WWW-Authenticate': 'Bearer' } });
    this.byAddress.giveBack(address);
    this.byAccount.giveBack(key);
    return granted;
  }
}
