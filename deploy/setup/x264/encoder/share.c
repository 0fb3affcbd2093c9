/*****************************************************************************
 * share.c: an encoder's look-ahead told to others, or taken from another
 *****************************************************************************
 * Copyright (C) 2026 the Rung authors
 *
 * This program is free software; you can redistribute it and/or modify
 * it under the terms of the GNU General Public License as published by
 * the Free Software Foundation; either version 2 of the License, or
 * (at your option) any later version.
 *
 * This program is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
 * GNU General Public License for more details.
 *
 * You should have received a copy of the GNU General Public License
 * along with this program; if not, see <https://www.gnu.org/licenses/>.
 *****************************************************************************/

#include "common/common.h"
#include "common/share.h"
#include "share.h"

int x264_share_check( x264_t *h )
{
    if( !h->param.i_share_lead && !h->param.i_share_follow )
        return 0;
    if( h->param.i_threads == 1 && !h->param.b_sliced_threads && !h->param.b_interlaced && !h->param.b_fake_interlaced
        && h->param.rc.b_mb_tree && !h->param.rc.b_stat_read && !h->param.rc.b_stat_write && !h->param.b_intra_refresh
        && !(h->param.i_share_lead && h->param.i_share_follow) )
        return 0;
    x264_log( h, X264_LOG_ERROR, "a shared look-ahead needs one thread, progressive pictures, mbtree and a single pass\n" );
    return -1;
}

/* Distances to the pictures that number i of a minigop (0 is the picture before it) is predicted from, as
 * x264_rc_analyse_slice reckons them. */
static void distances( x264_frame_t **frames, int i, int last, int dist[2] )
{
    int p0 = 0, p1 = last;
    if( i == last )
    {
        dist[0] = IS_X264_TYPE_I( frames[i]->i_type ) ? 0 : last;
        dist[1] = 0;
        return;
    }
    for( int j = 1; j < last; j++ )
        if( frames[j]->i_type == X264_TYPE_BREF )
        {
            if( j < i )
                p0 = j;
            else if( j > i && j < p1 )
                p1 = j;
        }
    dist[0] = i - p0;
    dist[1] = p1 - i;
}

/* What a picture costs with its QP offsets, but for the blocks at its borders, as slicetype_frame_cost_recalculate has it. */
static double weighed_cost( x264_t *h, x264_frame_t *frame, const uint16_t *costs )
{
    const float *qp_offset = frame->i_type == X264_TYPE_B ? frame->f_qp_offset_aq : frame->f_qp_offset;
    double sum = 1;
    for( int y = 1; y < h->mb.i_mb_height - 1; y++ )
        for( int x = 1; x < h->mb.i_mb_width - 1; x++ )
        {
            int i = y * h->mb.i_mb_stride + x;
            int cost = costs[i] & LOWRES_COST_MASK;
            sum += h->param.rc.i_aq_mode ? (cost * x264_exp2fix8( qp_offset[i] ) + 128) >> 8 : cost;
        }
    return sum;
}

static x264_share_picture_t *describe( x264_t *h, x264_frame_t *frame, int dist[2] )
{
    int planned = 0;
    if( h->param.rc.i_vbv_buffer_size && !IS_X264_TYPE_B( frame->i_type ) )
        while( planned < X264_LOOKAHEAD_MAX && frame->i_planned_type[planned] != X264_TYPE_AUTO )
            planned++;
    x264_share_picture_t *p = x264_share_picture_new( h->mb.i_mb_width, h->mb.i_mb_height, planned );
    if( !p )
        return NULL;
    p->i_type = frame->i_type;
    p->i_width = h->param.i_width;
    p->i_height = h->param.i_height;
    p->i_dist[0] = dist[0];
    p->i_dist[1] = dist[1];
    for( int i = 0; i < 3; i++ )
    {
        const x264_weight_t *w = &frame->weight[0][i];
        if( frame->i_type == X264_TYPE_P && w->weightfn )
            p->weight[i] = (x264_share_weight_t){ 1, w->i_scale, w->i_denom, w->i_offset };
    }
    for( int i = 0; i < planned; i++ )
    {
        p->planned_type[i] = frame->i_planned_type[i];
        p->planned_satd[i] = frame->i_planned_satd[i];
        p->planned_duration[i] = frame->f_planned_cpb_duration[i];
    }
    int blocks = h->mb.i_mb_width * h->mb.i_mb_height;
    const uint16_t *inter = frame->lowres_costs[dist[0]][dist[1]];
    p->f_cost = weighed_cost( h, frame, inter );
    const uint16_t *intra = frame->lowres_costs[0][0];
    for( int i = 0; i < blocks; i++ )
    {
        p->inter[i] = inter[i] & LOWRES_COST_MASK;
        p->intra[i] = intra[i] & LOWRES_COST_MASK;
    }
    if( h->param.rc.i_aq_mode && frame->i_type != X264_TYPE_B )
        for( int i = 0; i < blocks; i++ )
            p->tree[i] = x264_clip3( lrintf( (frame->f_qp_offset[i] - frame->f_qp_offset_aq[i]) * 256 ), -32768, 32767 );
    for( int list = 0; list < 2; list++ )
    {
        int16_t (*mv)[2] = dist[list] ? frame->lowres_mvs[list][dist[list]-1] : NULL;
        if( mv && mv[0][0] != 0x7FFF )
            memcpy( p->mv[list], mv, blocks * sizeof(*mv) );
        else
            p->mv[list] = NULL;
    }
    return p;
}

int x264_share_tell( x264_t *h, x264_frame_t **coded, int count )
{
    x264_frame_t *shown[X264_BFRAME_MAX+2] = { NULL };
    int first = coded[0]->i_frame - count + 1;
    for( int i = 0; i < count; i++ )
        shown[coded[i]->i_frame - first + 1] = coded[i];
    for( int i = 1; i <= count; i++ )
    {
        int dist[2];
        distances( shown, i, count, dist );
        x264_share_picture_t *p = describe( h, shown[i], dist );
        if( !p || x264_share_add( h->param.i_share_lead, shown[i]->i_frame, p ) )
            return -1;
    }
    return 0;
}

int x264_share_take_types( x264_t *h, x264_frame_t **frames, int count )
{
    for( int i = 0; i < count; i++ )
    {
        const x264_share_picture_t *p = x264_share_get( h->param.i_share_follow, frames[i]->i_frame );
        if( !p )
            return i ? 0 : -1;
        /* which B picture others refer to follows from their number */
        frames[i]->i_type = p->i_type == X264_TYPE_BREF ? X264_TYPE_B : p->i_type;
    }
    return 0;
}

/* Where a row or column of macroblocks lies in the leader's: the share that each of theirs has in it. */
#define TAPS 16
typedef struct
{
    int first;
    int count;
    float weight[TAPS];
} taps_t;

/* A triangle as wide as the larger of both spacings: linear interpolation between fewer blocks, and a weighted mean of more. */
static void taps( taps_t *t, int i, double ratio, int size )
{
    double at = (i + 0.5) * ratio - 0.5;
    double reach = x264_clip3f( ratio, 1, TAPS / 2 - 1 );
    int first = floor( at - reach ) + 1, last = ceil( at + reach ) - 1;
    float sum = 0;
    t->first = x264_clip3( first, 0, size - 1 );
    t->count = x264_clip3( last, 0, size - 1 ) - t->first + 1;
    memset( t->weight, 0, sizeof(t->weight) );
    for( int k = first; k <= last; k++ )
    {
        float w = 1 - fabs( k - at ) / reach;
        t->weight[x264_clip3( k, 0, size - 1 ) - t->first] += w;
        sum += w;
    }
    for( int k = 0; k < t->count; k++ )
        t->weight[k] /= sum;
}

typedef struct
{
    taps_t *x, *y;
    double ratio_x, ratio_y; /* the leader's blocks for each of ours */
    float *row;
} grid_t;

static int grid_init( x264_t *h, const x264_share_picture_t *p, grid_t *g )
{
    int width = h->mb.i_mb_width, height = h->mb.i_mb_height;
    g->ratio_x = (double)p->i_width / h->param.i_width;
    g->ratio_y = (double)p->i_height / h->param.i_height;
    g->x = x264_malloc( (width + height) * sizeof(taps_t) + p->i_mb_width * sizeof(float) );
    if( !g->x )
        return -1;
    g->y = g->x + width;
    g->row = (float*)(g->y + height);
    for( int i = 0; i < width; i++ )
        taps( &g->x[i], i, g->ratio_x, p->i_mb_width );
    for( int i = 0; i < height; i++ )
        taps( &g->y[i], i, g->ratio_y, p->i_mb_height );
    return 0;
}

#define FILL( store ) \
    for( int y = 0; y < h->mb.i_mb_height; y++ ) \
    { \
        const taps_t *ty = &g->y[y]; \
        for( int i = 0; i < p->i_mb_width; i++ ) \
        { \
            float sum = 0; \
            for( int k = 0; k < ty->count; k++ ) \
                sum += ty->weight[k] * src[(ty->first + k) * p->i_mb_width + i]; \
            g->row[i] = sum; \
        } \
        for( int x = 0; x < h->mb.i_mb_width; x++ ) \
        { \
            const taps_t *tx = &g->x[x]; \
            float v = 0; \
            for( int k = 0; k < tx->count; k++ ) \
                v += tx->weight[k] * g->row[tx->first + k]; \
            store; \
        } \
    }

static void fill_costs( x264_t *h, const x264_share_picture_t *p, grid_t *g, const uint16_t *src, float scale, uint16_t *dst )
{
    FILL( dst[y * h->mb.i_mb_stride + x] = x264_clip3( lrintf( v * scale ), 0, LOWRES_COST_MASK ) )
}

static void fill_tree( x264_t *h, const x264_share_picture_t *p, grid_t *g, const int16_t *src, x264_frame_t *frame )
{
    FILL( frame->f_qp_offset[y * h->mb.i_mb_stride + x] = frame->f_qp_offset_aq[y * h->mb.i_mb_stride + x] + v * (1.f / 256) )
}

static void fill_vectors( x264_t *h, const x264_share_picture_t *p, grid_t *g, int16_t (*src)[2], int16_t (*dst)[2] )
{
    for( int y = 0; y < h->mb.i_mb_height; y++ )
    {
        int from = X264_MIN( (int)((y + 0.5) * g->ratio_y), p->i_mb_height - 1 ) * p->i_mb_width;
        for( int x = 0; x < h->mb.i_mb_width; x++ )
        {
            int16_t *mv = src[from + X264_MIN( (int)((x + 0.5) * g->ratio_x), p->i_mb_width - 1 )];
            int16_t *out = dst[y * h->mb.i_mb_stride + x];
            out[0] = x264_clip3( lrint( mv[0] / g->ratio_x ), -0x4000, 0x3fff );
            out[1] = x264_clip3( lrint( mv[1] / g->ratio_y ), -0x4000, 0x3fff );
        }
    }
}

/* Of a larger picture there is less to a block: what its own look-ahead would find is the leader's by this power of the
 * ratio of areas, within a third either way, measured on film and television from 640x360 to 1920x1080. */
#define COST_POWER 0.3

/* Of all distances to other pictures a follower is told of one to either side: vectors to any other are not there, and of
 * costs only those are looked at that i_cost_est says to be. */
static void bind( x264_t *h, x264_frame_t *frame, const x264_share_picture_t *p )
{
    static int16_t none[1][2] = { { 0x7FFF, 0 } };
    for( int list = 0; list < 2; list++ )
        for( int i = 0; i <= h->param.i_bframe; i++ )
            frame->lowres_mvs[list][i] = p->mv[list] && i == p->i_dist[list] - 1 ? frame->share_mvs[list] : none;
    for( int j = 0; j <= h->param.i_bframe + 1; j++ )
        for( int i = 0; i <= h->param.i_bframe + 1; i++ )
            if( i || j )
                frame->lowres_costs[j][i] = frame->share_costs;
}

static void take( x264_t *h, x264_frame_t *frame, const x264_share_picture_t *p, grid_t *g )
{
    bind( h, frame, p );
    float scale = pow( g->ratio_x * g->ratio_y, COST_POWER );
    uint16_t *inter = frame->lowres_costs[p->i_dist[0]][p->i_dist[1]];
    fill_costs( h, p, g, p->intra, scale, frame->lowres_costs[0][0] );
    if( p->i_dist[0] )
        fill_costs( h, p, g, p->inter, scale, inter );
    /* Costs are added up anew when the picture is coded, with its QP offsets; here they only say that they are there. */
    frame->i_cost_est[0][0] = frame->i_cost_est_aq[0][0] = 0;
    frame->i_cost_est[p->i_dist[0]][p->i_dist[1]] = frame->i_cost_est_aq[p->i_dist[0]][p->i_dist[1]] = 0;
    if( h->param.rc.i_aq_mode && frame->i_type != X264_TYPE_B )
        fill_tree( h, p, g, p->tree, frame );
    for( int list = 0; list < 2; list++ )
        if( p->i_dist[list] && p->mv[list] )
            fill_vectors( h, p, g, p->mv[list], frame->lowres_mvs[list][p->i_dist[list]-1] );
    if( frame->i_type == X264_TYPE_P && h->param.analyse.i_weighted_pred >= X264_WEIGHTP_SIMPLE )
    {
        for( int i = 0; i < 3; i++ )
        {
            if( p->weight[i].b_weight )
                SET_WEIGHT( frame->weight[0][i], 1, p->weight[i].i_scale, p->weight[i].i_denom, p->weight[i].i_offset )
            else
                SET_WEIGHT( frame->weight[0][i], 0, 1, 0, 0 )
        }
    }
    double ratio = p->i_planned ? weighed_cost( h, frame, inter ) / p->f_cost : 0;
    for( int i = 0; i < p->i_planned; i++ )
    {
        frame->i_planned_type[i] = p->planned_type[i];
        frame->i_planned_satd[i] = p->planned_satd[i] * ratio;
        frame->f_planned_cpb_duration[i] = p->planned_duration[i];
    }
    frame->i_planned_type[p->i_planned] = X264_TYPE_AUTO;
}

int x264_share_take( x264_t *h, x264_frame_t **frames, int count )
{
    grid_t g = { NULL };
    int ret = 0;
    for( int i = 0; i < count && !ret; i++ )
    {
        const x264_share_picture_t *p = x264_share_get( h->param.i_share_follow, frames[i]->i_frame );
        if( !p || p->i_type != frames[i]->i_type || X264_MAX( p->i_dist[0], p->i_dist[1] ) > h->param.i_bframe + 1 )
        {
            x264_log( h, X264_LOG_ERROR, "picture %d: the look-ahead that it follows has %s\n", frames[i]->i_frame, p ? "another structure" : "not come to it" );
            ret = -1;
        }
        else if( !g.x && grid_init( h, p, &g ) )
            ret = -1;
        else
            take( h, frames[i], p, &g );
    }
    x264_free( g.x );
    return ret;
}
