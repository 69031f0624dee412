import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/contracts/caller';
import { couponAnswer, type CouponAnswer } from '#libs/contracts/coupon-answers';
import { couponRedeemBody, type CouponRedeemBody } from '#libs/contracts/return-requests';
import { emptyBody, name } from '#libs/contracts/values';
import { postingsOfGiftUsed } from '#libs/domain/money/coupon-postings';
import { reversed } from '#libs/domain/money/postings';
import { findCoupon, setGiftUsed, type Coupon } from '#libs/persistence/coupons';
import { Database } from '#libs/persistence/database';
import { newId } from '#libs/persistence/ids';
import { postForMerchant } from '#libs/persistence/ledger';
import { lockOrder } from '#libs/persistence/orders';
import { requestOf, waitingMove } from '#libs/persistence/restored-coupons';
import { ApiError, notFound, unavailable } from '../http/api-error';
import { CurrentCaller, Roles, Scope } from '../http/decorators';
import { actorOf, Idempotency } from '../http/idempotency';
import { Answers } from '../http/openapi-decorators';
import { Reply } from '../http/reply';
import { AskedBy, type Asked } from '../http/asked';
import { ReturnCommands } from '../returns/return-commands';

const couponCode = name(100);

/**
 * Coupons as the shop's checkout sees them. One that was given for the trouble belongs to a return, and is used through it, so that both say the same; one that an
 * order brought is a row of its own, which the return that unwinds the order looks at.
 */
@ApiTags('coupons')
@Controller('v1/coupons')
@Scope('coupons')
export class CouponsController {
  constructor(
    private readonly database: Database,
    private readonly commands: ReturnCommands,
    private readonly idempotency: Idempotency,
  ) {}

  @Get(':code')
  @Roles('agent', 'finance', 'admin', 'service')
  @ApiOperation({ summary: 'What a coupon is worth, and whether it can be used' })
  @Answers(200, couponAnswer)
  async read(@CurrentCaller() caller: Caller, @Param('code', { schema: couponCode }) code: string): Promise<CouponAnswer> {
    return present(await this.find(caller, code));
  }

  @Post(':code/redeem')
  @HttpCode(200)
  @Roles('service', 'admin')
  @ApiOperation({ summary: 'Spends the coupon on an order: once, whoever asks' })
  @Answers(200, couponAnswer)
  redeem(
    @AskedBy() asked: Asked,
    @Param('code', { schema: couponCode }) code: string,
    @Body({ schema: couponRedeemBody }) body: CouponRedeemBody,
  ): Promise<Reply> {
    return this.use(asked, code, body, body.orderNumber);
  }

  @Post(':code/release')
  @HttpCode(200)
  @Roles('service', 'admin')
  @ApiOperation({ summary: 'The order it was spent on fell through: the coupon is free again' })
  @Answers(200, couponAnswer)
  release(@AskedBy() asked: Asked, @Param('code', { schema: couponCode }) code: string, @Body({ schema: emptyBody }) body: object): Promise<Reply> {
    return this.use(asked, code, body, null);
  }

  /** @param spentOn the order; null frees the coupon */
  private async use(asked: Asked, code: string, body: unknown, spentOn: string | null): Promise<Reply> {
    const coupon = await this.find(asked.caller, code);
    if (coupon.returnId !== null && coupon.id !== null) {
      await this.moved(asked.caller, coupon.returnId, coupon.id);
      const validUntil = coupon.validUntil?.getTime() ?? null;
      return this.commands.run({ ...asked, body, returnId: coupon.returnId, input: { type: 'coupon_used', compensationId: coupon.id, spentOn, validUntil } });
    }
    const { caller, route, key } = asked;
    return this.idempotency.run(caller, route, key, body, async (tx) => {
      await lockOrder(tx, coupon.giftedBy!);
      const used = spentOn !== null;
      if (!(await setGiftUsed(tx, coupon, used, caller.id)))
        throw new ApiError('invalid_state', used ? 'The coupon was used or revoked' : 'The coupon is not in use');
      const postings = postingsOfGiftUsed(coupon);
      await postForMerchant(tx, caller.merchantId, {
        id: newId('gft'),
        refundId: null,
        postings: used ? postings : reversed(postings),
        type: used ? 'coupon_redeemed' : 'coupon_released',
        actor: actorOf(caller),
        data: { code, giftedBy: coupon.giftedBy, ...(used && { spentOn }) },
      });
      return new Reply(200, present({ ...coupon, status: used ? 'used' : 'granted' }));
    });
  }

  /** A coupon that a settlement has given back is free from that moment on, although its own return may not have heard of it yet: then it hears of it now. */
  private async moved(caller: Caller, returnId: string, id: string): Promise<void> {
    const move = await waitingMove(this.database, caller.merchantId, { id, returnId });
    if (!move) return;
    const { status } = await this.commands.run({ ...requestOf(caller, move), returnId });
    if (status === 202) throw unavailable('The coupon is being restored; try again', 2);
  }

  private async find(caller: Caller, code: string): Promise<Coupon> {
    const coupon = await findCoupon(this.database, caller.merchantId, code);
    if (!coupon) throw notFound('coupon');
    return coupon;
  }
}

const present = ({ id: _id, validUntil, ...coupon }: Coupon): CouponAnswer => ({ ...coupon, validUntil: validUntil?.toISOString() ?? null });
